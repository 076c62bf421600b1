"""Helpers of the export tests."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.harness import Result


def create_burst(zendesk: Emulator, name: str, count: int) -> None:
    """Create `count` rows in one second, and one row a minute later."""
    zendesk.clock.freeze()
    zendesk.clock.advance(hours=1)
    for _ in range(count):
        zendesk.store.create(name)
    zendesk.clock.advance(minutes=1)
    zendesk.store.create(name)
    zendesk.clock.advance(hours=1)


def emitted_ids(result: Result, stream: str) -> list[Any]:
    assert not result.errors
    return [row["id"] for row in result.records[stream]]


def account_ids(zendesk: Emulator, name: str) -> list[Any]:
    return sorted(row["id"] for row in zendesk.store.all(name))


def start_times(zendesk: Emulator, path: str) -> list[int]:
    return [int(one.query["start_time"][0]) for one in zendesk.requests_to(path) if "start_time" in one.query]
