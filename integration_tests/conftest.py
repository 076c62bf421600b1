"""Emulated accounts, and the console script."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from airbyte_cdk.sources.declarative import concurrent_declarative_source as cdk

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, arguments, parse_output
from source_zendesk.cli.run import run
from source_zendesk.extract import page_size
from source_zendesk.http import backoff, rate_limit
from source_zendesk.http.certificates import CERTIFICATES
from source_zendesk.manifest import Manifest

Command = Callable[..., Result]

# The CDK parses its large component schema for every source; the tests cache it.
cdk.get_declarative_component_schema = cache(cdk.get_declarative_component_schema)


@pytest.fixture(scope="package", autouse=True)
def short_waits() -> Iterator[None]:
    """Retries, and requests for jobs, that do not wait for a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backoff, "SHORTEST_WAIT_AFTER_RESPONSE", 0.01)
        patch.setattr(page_size, "FIRST_WAIT_IN_SECONDS", 0.001)
        yield


@pytest.fixture
def no_wait_for_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure whose response has no limits, the next request does not wait for those of another response."""
    monkeypatch.setattr(rate_limit, "PROBE_TIMEOUT_IN_SECONDS", 0.01)
    monkeypatch.setattr(rate_limit, "ROUNDED_BY_SECONDS", 0.01)


@pytest.fixture(scope="package", autouse=True)
def short_windows() -> Iterator[None]:
    """Documented rates of products, a hundred times as high."""
    with pytest.MonkeyPatch.context() as patch:
        for rate in Manifest.load().content["definitions"]["product_rates"].values():
            patch.setitem(rate, "seconds", rate["seconds"] / 100)
        yield


@pytest.fixture(scope="package", autouse=True)
def default_certificates() -> Iterator[None]:
    """Commands without certificates of the machine, which take half of the CPU time of a small sync."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in CERTIFICATES:
            patch.delenv(variable, raising=False)
        yield


def account_fixture(scope: Literal["function", "module"] = "function", **options: Any) -> Any:
    """A fixture that serves an account; `options` are those of `Emulator`."""

    @pytest.fixture(scope=scope)
    def account() -> Iterator[Emulator]:
        with Emulator(**options) as zendesk:
            yield zendesk

    return account


zendesk = account_fixture(rows=12, tickets=30)
"""A small account that the test may change."""
quiet_zendesk = account_fixture(scope="module", rows=12, tickets=30)
"""A small account that the tests of a module share without changing it."""


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs the console script in this process, which is faster; stdout and exit code are the same."""

    def run_command(*line: str, **files: Any) -> Result:
        monkeypatch.setattr(sys, "argv", ["source-zendesk", *line, *arguments(tmp_path, files)])
        capfd.readouterr()
        code = 0
        try:
            run()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        captured = capfd.readouterr()
        result = parse_output(captured.out.splitlines(), code)
        result.stdout, result.stderr = captured.out, captured.err
        return result

    return run_command
