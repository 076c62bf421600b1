"""Serves the account that the CDK's own runner reads: `airbyte-cdk connector test .`, from a clone."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from integration_tests.emulator import Emulator

ROOT = Path(__file__).parent
OF_THE_RUNNER = ROOT / ".tmp"
# An example may take any time: machines are busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def account_of_the_runner(request: pytest.FixtureRequest) -> Iterator[None]:
    """An account at the address that the configs name, while the tests are those that the runner writes."""
    if not any(item.path.is_relative_to(OF_THE_RUNNER) for item in request.session.items):
        yield
        return
    config = json.loads((ROOT / "integration_tests" / "configs" / "account.json").read_text())
    with Emulator(seed=1, rows=10, tickets=40, port=urlsplit(config["base_url"]).port or 0):
        yield
