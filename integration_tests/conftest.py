"""Accounts that tests read."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator


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
