# Everything a contributor runs. Needs only make and Python 3.10 to 3.13.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup check format test demo emulator manifest docs snapshots bench build version clean

PYTHON ?= python3
PORT ?= 8888
BIN := .venv/bin
# The pinned installer stands once, in pyproject.toml's dev group.
UV := $(shell sed -n 's/^ *"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)
BENCH ?= quick
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## create .venv with the locked versions

.venv/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 10) <= sys.version_info < (3, 14) else \
		"Python 3.10 to 3.13 is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet "$(UV)"
	@$(BIN)/uv sync --quiet --frozen --compile-bytecode
	@touch $@

check: setup ## format, lint, types, who imports whom, and that generated files are current
	@$(BIN)/ruff format --check --quiet || { echo "make format mends the files above"; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@told=$$($(BIN)/lint-imports --no-logo --no-cache) || { echo "$$told"; exit 1; }
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/python -m source_zendesk.endpoints --format markdown | diff -u docs/streams.md - \
		|| { echo "docs/streams.md is out of date: make docs"; exit 1; }
	@$(BIN)/python -m tools.deletions | diff -u docs/deletions.md - \
		|| { echo "docs/deletions.md is out of date: make docs"; exit 1; }

format: setup ## format the code and mend what the linter can
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

test: setup ## set up and run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

demo: setup ## sync the emulator twice into demo.duckdb, and plot the answers in demo.html
	@$(BIN)/python -m integration_tests.demo

emulator: setup ## serve a Zendesk account on loopback until interrupted; PORT=0 for a free port
	@$(BIN)/python -m integration_tests.emulator --port $(PORT)

manifest: setup ## print the manifest in its complete form; STREAMS="tickets users" for some of it
	@$(BIN)/python -m source_zendesk.manifest $(STREAMS)

docs: setup ## regenerate docs/streams.md and docs/deletions.md from the manifest
	@$(BIN)/python -m source_zendesk.endpoints --format markdown > .venv/streams.md
	@$(BIN)/python -m tools.deletions > .venv/deletions.md
	@mv .venv/streams.md .venv/deletions.md docs/

snapshots: setup ## rewrite integration_tests/snapshots from what the connector says now
	@UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest -q integration_tests/test_snapshots.py

bench: setup ## measure speed, memory and start-up into docs/benchmarks.md; BENCH=full, BENCH="quick --only rows"
	@$(BIN)/uv run --quiet --frozen --group bench python -m benchmarks $(BENCH)

build: setup ## wheel and sdist into dist/, and check them: what they hold, and each Python that is there
	@rm -rf dist
	@$(BIN)/uv build --quiet --out-dir dist
	@DIST=dist $(BIN)/python -m pytest -q integration_tests/test_wheel.py
	@ls dist

version: setup ## set the version wherever it stands: VERSION=1.2.3
	@test -n "$(VERSION)" || { echo "which? make version VERSION=1.2.3"; exit 1; }
	@$(BIN)/uv version --quiet --no-sync "$(VERSION)"
	@sed -i.bak 's/^  dockerImageTag: .*/  dockerImageTag: $(VERSION)/' metadata.yaml && rm metadata.yaml.bak
	@awk '{ print } /^## \[Unreleased\]$$/ { print "\n## [$(VERSION)]" }' CHANGELOG.md > .venv/CHANGELOG.md
	@mv .venv/CHANGELOG.md CHANGELOG.md

clean: ## remove the environment, caches and build output
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .cache .tmp build dist demo.duckdb demo.duckdb.wal demo.html
