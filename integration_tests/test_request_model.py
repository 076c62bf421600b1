"""A sync of all recommended streams sends the computed requests, and prints no warning."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, sync
from source_zendesk.extract.page import Page
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.manifest import Manifest, ParentRef
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from tools.request_model import RequestModel

MANIFEST = Manifest.load()
NAMES = [each.name for each in recommended_endpoints(MANIFEST.endpoints)]
ENTRIES = MANIFEST.endpoints
# Lists of two pages, and exports of two and more.
ROWS, TICKETS = 105, 1_100
CHANGED = {"tickets": 1_050, "users": 20, "organizations": 10, "triggers": 7}
TOLERANCE = 0.02


@dataclass
class EmulatedAccount:
    """The rows of an emulated account: those that the syncs emitted, or those of lists that they read as parents."""

    zendesk: Emulator
    first: Result
    later: Result = field(default_factory=lambda: Result([]))

    @cached_property
    def hosts(self) -> list[tuple[int, str]]:
        """Id and host of the brands with a help center."""
        brands = (row for row in self.zendesk.store.all("brands") if row["has_help_center"])
        return [(row["id"], f"{row['subdomain']}.zendesk.com") for row in brands]

    def all_rows(self, stream: str) -> list[Row]:
        entry = ENTRIES[stream]
        if stream in NAMES:
            return self.first.records[stream]
        if entry.options.per_brand:
            return [
                {**row, "brand_id": brand}
                for brand, host in self.hosts
                for row in self.zendesk.expected("GET", entry.path, host)
            ]
        return self.zendesk.expected("GET", entry.path)

    def rows(self, stream: str, query: Mapping[str, Any]) -> float:
        return len(select(self.all_rows(stream), query))

    def changes(self, stream: str) -> float:
        return len(self.later.records[stream])

    def parents(self, parent: ParentRef, *, only_changes: bool) -> float:
        rows = self.later.records[parent.stream] if only_changes else self.all_rows(parent.stream)
        source = ParentSource(replace(parent, values=[], batch=0), ParentRows(select(rows, parent.query)))
        return sum(len(page.parents) for page in source.pages({}))


def select(rows: list[Row], query: Mapping[str, Any]) -> list[Row]:
    """The rows of a list with a query, of which only the role selects rows."""
    return [row for row in rows if "role[]" not in query or row["role"] in query["role[]"]]


@dataclass
class ParentRows:
    """The rows of a parent stream, in one page."""

    rows: list[Row]

    def read_pages(self, state: Row) -> Iterator[Page]:
        yield Page(self.rows, {}, {})


@dataclass
class Syncs:
    """Requests by stream, computed and received, and warnings, of a first and of a later sync."""

    computed: list[Counter[str]]
    received: list[Counter[str]]
    warnings: list[list[str]]


@pytest.fixture(scope="module")
def syncs() -> Iterator[Syncs]:
    with Emulator(seed=1, rows=ROWS, tickets=TICKETS) as zendesk:
        first = sync(zendesk.config(), NAMES)
        requests = take_paths(zendesk)
        zendesk.clock.advance(minutes=10)
        for name, count in CHANGED.items():
            for row in zendesk.store.all(name)[:count]:
                zendesk.store.update(name, row["id"])
        zendesk.clock.advance(minutes=10)
        later = sync(zendesk.config(), NAMES, state=first.state)
        later_requests = take_paths(zendesk)
        model = RequestModel(MANIFEST, NAMES, EmulatedAccount(zendesk, first, later))
        computed = [model.first_sync(), model.later_sync()]
        streams = set(computed[0])
        received = [count_by_stream(paths, streams) for paths in (requests, later_requests)]
        yield Syncs(computed, received, [first.warnings, later.warnings])


def take_paths(zendesk: Emulator) -> list[str]:
    """The paths of successful requests; clears the recorded requests.

    Leaves out those for agents with more work items than a response includes; the computed account has none.
    """
    successful = [request.path for request in zendesk.requests if request.status == 200]
    paths = [path for path in successful if not path.endswith("/relationships/work_items")]
    zendesk.clear_requests()
    return paths


def count_by_stream(paths: list[str], streams: set[str]) -> Counter[str]:
    """Requests by the stream whose path they have; the one with the fewest placeholders."""
    ordered = sorted(streams, key=lambda name: ENTRIES[name].path.count("{"))
    patterns = [(name, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(ENTRIES[name].path)))) for name in ordered]
    return Counter(next(name for name, pattern in patterns if pattern.fullmatch(path)) for path in paths)


@pytest.mark.parametrize("index", [0, 1], ids=["first", "later"])
def test_the_computed_requests_of_all_streams_are_those_received(index: int, syncs: Syncs) -> None:
    received = syncs.received[index].total()
    assert received > 1_000
    assert syncs.computed[index].total() == pytest.approx(received, rel=TOLERANCE)


@pytest.mark.parametrize("index", [0, 1], ids=["first", "later"])
def test_the_computed_requests_of_each_stream_are_those_received(index: int, syncs: Syncs) -> None:
    """Up to two pages: the computed ones assume that all parents have the same number of rows."""
    computed, received = syncs.computed[index], syncs.received[index]
    differing = {
        name: (computed[name], received[name])
        for name in computed | received
        if abs(computed[name] - received[name]) > 2
    }
    assert differing == {}


@pytest.mark.parametrize("index", [0, 1], ids=["first", "later"])
def test_a_sync_of_the_documented_account_prints_no_warning(index: int, syncs: Syncs) -> None:
    """The streams of the demo are among these: `test_project.py`."""
    assert syncs.warnings[index] == []


def test_a_later_sync_requests_pages_of_changes_and_children_of_changed_parents(syncs: Syncs) -> None:
    first, later = syncs.received
    assert (first["tickets"], later["tickets"]) == (2, 2)
    assert first["ticket_events"] > later["ticket_events"] > 0
    assert first["trigger_revisions"] == ROWS
    assert CHANGED["triggers"] <= later["trigger_revisions"] <= CHANGED["triggers"] + 1
