# The commands of a contributor. They need make and Python 3.10 to 3.13.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup check format test destinations demo emulator manifest docs site openapi snapshots bench build version clean

PYTHON ?= python3
PORT ?= 8888
BIN := .venv/bin
# The version of uv is pinned in the dev group of pyproject.toml.
UV := $(shell sed -n 's/^ *"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)
BENCH ?= quick
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## create .venv with the locked versions

.venv/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 10) <= sys.version_info < (3, 14) else \
		"Python 3.10 to 3.13 is required, found " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || { $(PYTHON) -c 'import sys; \
		print("Creating .venv with Python", sys.version.split()[0], "...", file=sys.stderr)'; $(PYTHON) -m venv .venv; }
	@echo "Installing $(UV) ..." >&2
	@$(BIN)/python -m pip install --quiet "$(UV)"
	@echo "Installing the locked packages into .venv, which takes about a minute ..." >&2
	@$(BIN)/uv sync --quiet --frozen --compile-bytecode
	@touch $@

check: setup ## check format, lint, types, import layers, lock file and generated files
	@$(BIN)/ruff format --check --quiet || { echo "make format fixes the files above"; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@report=$$($(BIN)/lint-imports --no-logo --no-cache) || { echo "$$report"; exit 1; }
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/python -m tools.streams_page | diff -u docs/streams.md - \
		|| { echo "docs/streams.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m tools.deletions | diff -u docs/deletions.md - \
		|| { echo "docs/deletions.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m tools.permissions_page | diff -u docs/permissions.md - \
		|| { echo "docs/permissions.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m integration_tests.page_path | diff -u docs/development.md - \
		|| { echo "docs/development.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m tools.manifest_keys | diff -u docs/development.md - \
		|| { echo "docs/development.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m tools.actions_page | diff -u docs/actions.md - \
		|| { echo "docs/actions.md is out of date: make docs"; exit 1; }

format: setup ## format the code and apply the linter's fixes
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

test: setup ## run the tests, with a sample of similar cases; ALL=1 for all cases
	@ALL=$(ALL) $(BIN)/python -m pytest -n 2 --dist loadfile

destinations: setup ## load the emulator into DuckDB and PostgreSQL by PyAirbyte, Meltano and dlt, as docs/usage.md does
	@$(BIN)/python -m pytest -m destinations -rs --durations=0 $(if $(ONLY),-k "$(ONLY)") integration_tests/destinations

demo: setup ## sync the emulator twice into demo.duckdb, and plot the recipes in demo.html
	@$(BIN)/python -m integration_tests.demo

emulator: setup ## serve an emulated Zendesk account until interrupted; PORT=0 for a free port
	@$(BIN)/python -m integration_tests.emulator --port $(PORT)

manifest: setup ## print request cards and complete manifests; STREAMS="tickets users" for some of them
	@$(BIN)/python -m source_zendesk.manifest $(STREAMS)

docs: setup ## regenerate docs/streams.md, docs/deletions.md, docs/permissions.md and parts of docs/actions.md and docs/development.md, and build the site
	@$(BIN)/python -m tools.streams_page > .venv/streams.md
	@$(BIN)/python -m tools.deletions > .venv/deletions.md
	@$(BIN)/python -m tools.permissions_page > .venv/permissions.md
	@$(BIN)/python -m tools.actions_page > .venv/actions.md
	@$(BIN)/python -m integration_tests.page_path > .venv/development.md
	@mv .venv/streams.md .venv/deletions.md .venv/permissions.md .venv/actions.md .venv/development.md docs/
	@$(BIN)/python -m tools.manifest_keys > .venv/development.md
	@mv .venv/development.md docs/
	@$(MAKE) --no-print-directory site

# Not with --quiet, which hides warnings from --strict.
site: setup ## build site/ from all pages, for any static host; a broken link fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/uv run --quiet --frozen --isolated --only-group docs mkdocs build --strict

openapi: setup ## compare the manifest with OpenAPI files of Zendesk: FILES="support.yaml voice.yaml"
	@$(BIN)/python -m tools.openapi $(FILES)

snapshots: setup ## rewrite integration_tests/snapshots from the connector's current output
	@UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest -q integration_tests/test_snapshots.py

bench: setup ## write speed, memory and start-up to docs/benchmarks.md; BENCH=full, BENCH="quick --only rows"
	@$(BIN)/uv run --quiet --frozen --group bench python -m benchmarks $(BENCH)

build: setup ## build wheel and sdist into dist/, and test them with each installed Python
	@rm -rf dist
	@$(BIN)/uv build --quiet --out-dir dist
	@DIST=dist $(BIN)/python -m pytest -q integration_tests/test_wheel.py
	@ls dist

version: setup ## set the version in all files: VERSION=1.2.3
	@test -n "$(VERSION)" || { echo "VERSION is missing: make version VERSION=1.2.3"; exit 1; }
	@$(BIN)/uv version --quiet --no-sync "$(VERSION)"
	@sed -i.bak 's/^  dockerImageTag: .*/  dockerImageTag: $(VERSION)/' metadata.yaml && rm metadata.yaml.bak
	@awk '{ print } /^## \[Unreleased\]$$/ { print "\n## [$(VERSION)]" }' CHANGELOG.md > .venv/CHANGELOG.md
	@mv .venv/CHANGELOG.md CHANGELOG.md

clean: ## remove the environment, caches and build output
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .cache .tmp build dist site demo.duckdb demo.duckdb.wal demo.html
