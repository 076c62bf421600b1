"""Interrupted syncs, and a destination that they load."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.account import Request
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.harness import (
    Result,
    Row,
    State,
    arguments,
    configured_catalog,
    console_process,
    discover,
    parse_output,
    sync,
)

# After every seeded row and well before the present, so that tests can advance the account's clock.
NOW = epoch_of("2026-01-01T00:00:00Z")


def key_of(config: Mapping[str, Any], stream: str) -> Callable[[Row], str]:
    """A function that returns the primary key of a stream's row."""
    fields = [path[0] for path in discover(config)[stream]["source_defined_primary_key"]]
    return lambda row: json.dumps([row.get(field) for field in fields])


def keys(config: Mapping[str, Any], stream: str, rows: Iterable[Row]) -> list[str]:
    """The primary keys of rows, in order and with repetitions."""
    return [key_of(config, stream)(row) for row in rows]


def truncated(result: Result, messages: int) -> Result:
    """The first `messages` messages of a result, as after a killed process."""
    return Result(result.messages[:messages])


def state_positions(result: Result) -> list[int]:
    """The number of messages up to and including each state."""
    return [place + 1 for place, message in enumerate(result.messages) if message["type"] == "STATE"]


class Destination:
    """Tables with the last row of each key, and the states of the streams."""

    def __init__(self, config: Mapping[str, Any], streams: Sequence[str]) -> None:
        self.config, self.streams = config, list(streams)
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in streams}
        self.states: dict[str, Row] = {}

    def load(self, result: Result) -> None:
        """Load rows and states."""
        for name, table in self.tables.items():
            key = key_of(self.config, name)
            table.update((key(row), row) for row in result.records[name])
        self.states |= {state["stream"]["stream_descriptor"]["name"]: state for state in result.states}

    @property
    def state(self) -> State:
        """The state file for the next run."""
        return list(self.states.values())

    def sync(self, interrupt: random.Random | None = None) -> Result:
        """Resume from the state; with `interrupt`, drop all messages after a random one."""
        return self.sync_part(interrupt.random() if interrupt else 1)

    def sync_part(self, part: float) -> Result:
        """Resume from the state, and load only this part of the messages."""
        whole = sync(self.config, self.streams, self.state)
        result = truncated(whole, round(len(whole.messages) * part))
        self.load(result)
        return result

    def differences(self, stream: str, expected: Iterable[Row], *, may_have_more: bool = False) -> list[str]:
        """The keys of missing, different and, by default, unexpected rows."""
        key, table = key_of(self.config, stream), self.tables[stream]
        wanted = {key(row): row for row in expected}
        wrong = [one for one, row in wanted.items() if one not in table or table[one] != row]
        return wrong if may_have_more else wrong + [one for one in table if one not in wanted]


def killed_read(config: Mapping[str, Any], streams: Sequence[str], messages: int, state: State | None = None) -> Result:
    """The first `messages` messages of a console script that is then killed."""
    catalog = configured_catalog(discover(config), streams)
    with tempfile.TemporaryDirectory() as folder:
        files = {"config": config, "catalog": catalog, "state": state}
        with console_process("read", *arguments(Path(folder), files), stdout=subprocess.PIPE) as process:
            assert process.stdout
            printed = [text.decode() for text, _ in zip(process.stdout, range(messages), strict=False)]
    return parse_output(printed)


def successful_requests(zendesk: Emulator, path: str) -> list[Request]:
    """The successful requests to an endpoint."""
    return [request for request in zendesk.requests_to(path) if request.status == 200]


def truncations_at_states(result: Result) -> Iterator[tuple[Result, Result]]:
    """For each state, the result up to it, and the result up to the message before the next state."""
    places = [*state_positions(result), len(result.messages) + 1]
    for place, following in itertools.pairwise(places):
        yield truncated(result, place), truncated(result, following - 1)
