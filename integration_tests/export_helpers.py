"""What tests of the exports have in common: bursts of rows, and what a sync made of them."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.harness import Result


def burst(zendesk: Emulator, name: str, count: int) -> None:
    """So many new rows in one second, and one a minute after it."""
    zendesk.clock.freeze()
    zendesk.clock.advance(hours=1)
    for _ in range(count):
        zendesk.store.create(name)
    zendesk.clock.advance(minutes=1)
    zendesk.store.create(name)
    zendesk.clock.advance(hours=1)


def ids(result: Result, stream: str) -> list[Any]:
    assert not result.errors
    return [row["id"] for row in result.records[stream]]


def known(zendesk: Emulator, name: str) -> list[Any]:
    return sorted(row["id"] for row in zendesk.store.all(name))


def started(zendesk: Emulator, path: str) -> list[int]:
    return [int(one.query["start_time"][0]) for one in zendesk.requests_to(path) if "start_time" in one.query]
