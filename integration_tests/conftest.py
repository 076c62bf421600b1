"""Accounts that tests read, and the command line that reads them."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.sources.declarative import concurrent_declarative_source as cdk

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, arguments, parsed
from source_zendesk.cli.run import run
from source_zendesk.http import backoff

Command = Callable[..., Result]

# For every source it builds, the CDK parses its own schema of 5,000 lines; in a process of many tests once will do.
cdk.get_declarative_component_schema = cache(cdk.get_declarative_component_schema)


@pytest.fixture(scope="package", autouse=True)
def short_waits() -> Iterator[None]:
    """Retries, and requests for jobs, that do not wait for a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backoff, "SHORTEST_WAIT_AFTER_RESPONSE", 0.01)
        yield


@pytest.fixture
def zendesk() -> Iterator[Emulator]:
    """A small account of the test's own, which it may change."""
    with Emulator(seed=1, rows=12, tickets=30) as account:
        yield account


@pytest.fixture(scope="module")
def quiet_zendesk() -> Iterator[Emulator]:
    """A small account that the tests of a module share and leave as it is."""
    with Emulator(seed=1, rows=12, tickets=30) as account:
        yield account


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs the console script in this process: quicker than one of its own, with the same stdout and exit code."""

    def run_command(*line: str, **files: Any) -> Result:
        monkeypatch.setattr(sys, "argv", ["source-zendesk", *line, *arguments(tmp_path, files)])
        capfd.readouterr()
        code = 0
        try:
            run()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capfd.readouterr()
        result = parsed(said.out.splitlines(), code)
        result.stderr = said.err
        return result

    return run_command
