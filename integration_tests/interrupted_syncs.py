"""Syncs that are cut off, and the destination that they fill."""

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
from integration_tests.harness import CONSOLE, Result, Row, State, arguments, configured, discover, parsed, sync

# Behind every seeded row and well before the present, so that the account's time can be moved and stay in the past.
NOW = epoch_of("2026-01-01T00:00:00Z")


def key_of(config: Mapping[str, Any], stream: str) -> Callable[[Row], str]:
    """What tells the rows of a stream apart."""
    fields = [path[0] for path in discover(config)[stream]["source_defined_primary_key"]]
    return lambda row: json.dumps([row.get(field) for field in fields])


def keys(config: Mapping[str, Any], stream: str, rows: Iterable[Row]) -> list[str]:
    """The keys of rows, in order and as often as they come."""
    return [key_of(config, stream)(row) for row in rows]


def cut(result: Result, messages: int) -> Result:
    """What a destination has of a sync whose process ended after so many messages."""
    return Result(result.messages[:messages])


def state_places(result: Result) -> list[int]:
    """The number of messages up to each state, that state included."""
    return [place + 1 for place, message in enumerate(result.messages) if message["type"] == "STATE"]


class Destination:
    """Tables that keep the last row of each key, and the state that came with the rows."""

    def __init__(self, config: Mapping[str, Any], streams: Sequence[str]) -> None:
        self.config, self.streams = config, list(streams)
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in streams}
        self.states: dict[str, Row] = {}

    def take(self, result: Result) -> None:
        """Load the rows and keep the last states."""
        for name, table in self.tables.items():
            key = key_of(self.config, name)
            table.update((key(row), row) for row in result.records[name])
        self.states |= {state["stream"]["stream_descriptor"]["name"]: state for state in result.states}

    @property
    def state(self) -> State:
        """The state file of the next run."""
        return list(self.states.values())

    def sync(self, cut_off: random.Random | None = None) -> Result:
        """Read on from the state; all that comes behind a message which the dice choose is lost."""
        return self.sync_part(cut_off.random() if cut_off else 1)

    def sync_part(self, part: float) -> Result:
        """Read on from the state; of the messages, the part behind this one is lost."""
        whole = sync(self.config, self.streams, self.state)
        result = cut(whole, round(len(whole.messages) * part))
        self.take(result)
        return result

    def differences(self, stream: str, expected: Iterable[Row], *, may_have_more: bool = False) -> list[str]:
        """The keys of rows that are missing or not as they are in the account, and of those that it does not have."""
        key, table = key_of(self.config, stream), self.tables[stream]
        wanted = {key(row): row for row in expected}
        wrong = [one for one, row in wanted.items() if one not in table or table[one] != row]
        return wrong if may_have_more else wrong + [one for one in table if one not in wanted]


def killed(config: Mapping[str, Any], streams: Sequence[str], messages: int, state: State | None = None) -> Result:
    """What the console script printed, up to so many messages, before it was killed."""
    catalog = configured(discover(config), streams)
    with tempfile.TemporaryDirectory() as folder:
        files = {"config": config, "catalog": catalog, "state": state}
        line = [str(CONSOLE), "read", *arguments(Path(folder), files)]
        with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            printed = [text for text, _ in zip(process.stdout, range(messages), strict=False)]
            process.kill()
    return parsed(printed)


def pages(zendesk: Emulator, path: str) -> list[Request]:
    """The requests to an endpoint that were answered with a page."""
    return [request for request in zendesk.requests_to(path) if request.status == 200]


def every_cut(result: Result) -> Iterator[tuple[Result, Result]]:
    """For each state, what was told up to it, and the most that can be told before the next one makes it obsolete."""
    places = [*state_places(result), len(result.messages) + 1]
    for place, following in itertools.pairwise(places):
        yield cut(result, place), cut(result, following - 1)
