"""Helpers for tests of writes: a checkpoint in memory, a clock, and responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.models import AirbyteMessage, Type

from source_zendesk.writes.job_pool import JobSlots

State = Mapping[str, Any]


@dataclass
class MemoryCheckpoint:
    """A checkpoint that stores the state in memory; a STATE message contains it under `state`."""

    resume_state: dict[str, Any] = field(default_factory=dict)

    def advance(self, state: State, pages: int = 0) -> AirbyteMessage:
        self.resume_state = {**state}
        return AirbyteMessage(Type.STATE)

    def skip_stream(self, reason: str) -> None:
        raise AssertionError(reason)


class Clock:
    """A clock that advances only during waits; it replaces the module `time`."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    time = monotonic

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class ImpatientSlots(JobSlots):
    """Slots that fail the test where they would wait for another thread."""

    def acquire(self, *, wait: bool) -> bool:
        is_acquired = super().acquire(wait=False)
        assert is_acquired or not wait
        return is_acquired


def respond(status: int = 200, content: bytes = b"", **headers: str) -> requests.Response:
    """A complete response; `_` in the name of a header becomes `-`."""
    response = requests.Response()
    response.status_code, response._content = status, content
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response
