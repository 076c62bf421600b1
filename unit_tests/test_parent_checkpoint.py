"""No interruption loses a row, whatever the order of the threads; only rows after the last state are read again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition as CdkPartition
from airbyte_cdk.sources.types import Record, StreamSlice
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zendesk import parent_checkpoint
from source_zendesk.checkpoint import HAD_ROWS
from source_zendesk.errors import ConfigError
from source_zendesk.extract.page import Page
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.partitions import iter_partitions
from source_zendesk.extract.substreams import ParentPosition
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped
from source_zendesk.manifest.parent_ref import ParentRef
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.parent_checkpoint import InFlightPartition, ParentCheckpoint

State = dict[str, Any]
# Small enough for small histories to reach.
PARENTS_PER_STATE, PAGES_PER_STATE = 3, 2
DENIED, GONE = ParentSkipped("403: no"), ParentSkipped("404: no", is_permission_denied=False)
# The `incremental` of an entry, as the arguments `follows_parent` and `keeps_child_states`.
MODES = {"none": (False, False), "follows_parent": (True, False), "per_parent": (False, True)}


@pytest.fixture(autouse=True, scope="module")
def small_limits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parent_checkpoint, "PARENTS_PER_STATE", PARENTS_PER_STATE)
        patch.setattr(parent_checkpoint, "PAGES_PER_STATE", PAGES_PER_STATE)
        yield


@dataclass(frozen=True)
class Parent:
    """A parent record with so many pages of children, or with a refusal instead."""

    pages: int
    refusal: StreamSkipped | None = None


@dataclass
class Account:
    """Pages of parents. A row is one page of children: the parent's number and the page's."""

    parent_pages: list[list[Parent]]
    refusal: StreamSkipped | None = None

    @property
    def parents(self) -> list[Parent]:
        return [parent for page in self.parent_pages for parent in page]

    @property
    def rows(self) -> set[tuple[int, int]]:
        """The rows of all parents that do not refuse."""
        return {
            (number, page)
            for number, parent in enumerate(self.parents)
            if parent.refusal is None
            for page in range(parent.pages)
        }

    def read_pages(self, state: State) -> Iterator[Page]:
        if self.refusal:
            raise self.refusal
        for page in range(state.get("page", 0), len(self.parent_pages)):
            first = sum(map(len, self.parent_pages[:page]))
            rows = [{"id": first + offset} for offset in range(len(self.parent_pages[page]))]
            yield Page(rows, {"page": page}, {"page": page + 1})


@dataclass
class Destination:
    """Keeps the rows before the last state, and loses those after it when a run is killed."""

    state: State = field(default_factory=dict)
    received: list[tuple[int, int]] = field(default_factory=list)
    pending: list[tuple[int, int]] = field(default_factory=list)

    def emit_message(self, message: AirbyteMessage) -> None:
        assert message.state
        assert message.state.stream
        self.state = json.loads(json.dumps(vars(message.state.stream.stream_state)))
        self.received += self.pending
        self.pending = []


class Run:
    """One run of a stream, step by step, with its partitions in any order."""

    def __init__(self, account: Account, destination: Destination, mode: str) -> None:
        follows_parent, keeps_child_states = MODES[mode]
        self.account, self.destination = account, destination
        states = ConnectorStateManager()
        states.update_state_for_stream("s", None, destination.state)
        self.checkpoint = ParentCheckpoint(
            "s",
            states,
            cast(MessageRepository, self),
            SyncServices(),
            lambda state: iter_partitions([ParentSource(ParentRef(fields={"id": "id"}), account)], state),
            ParentPosition("parents", follows_parent=follows_parent),
            keeps_child_states=keeps_child_states,
        )
        self._slices: Iterator[StreamSlice] | None = iter(self.checkpoint.stream_slices())
        self._reading: list[StreamSlice] = []
        self.opened: list[int] = []
        self._closed: set[int] = set()
        self.emitted: list[tuple[int, int]] = []
        self.done_at_state: list[int] = []
        self.pages_since_state = 0

    def emit_message(self, message: AirbyteMessage) -> None:
        self.destination.emit_message(message)
        self.done_at_state, self.pages_since_state = self.done, 0

    @property
    def done(self) -> list[int]:
        """The parents up to the first one that is not closed."""
        first_open = next((n for n, number in enumerate(self.opened) if number not in self._closed), len(self.opened))
        return self.opened[:first_open]

    @property
    def is_over(self) -> bool:
        return self._slices is None and not self._reading

    def step(self, choice: int) -> None:
        """Open the next parent, or read the next page of an open one or close it."""
        choice %= len(self._reading) + (self._slices is not None)
        if choice == len(self._reading):
            self._open()
        else:
            self._read(self._reading[choice])
        if self.is_over:
            self.checkpoint.ensure_at_least_one_state_emitted()

    def _open(self) -> None:
        assert self._slices is not None
        opened = next(self._slices, None)
        if opened is None:
            self._slices = None
        else:
            self._reading.append(opened)
            self.opened.append(opened["id"])

    def _read(self, opened: StreamSlice) -> None:
        in_flight: InFlightPartition = opened.extra_fields["partition"]
        number, page = opened["id"], in_flight.child_state.get("page", 0)
        parent = self.account.parents[number]
        in_flight.refusal = parent.refusal
        if parent.refusal is None and page < parent.pages and not in_flight.is_cancelled:
            self.emitted.append((number, page))
            self.destination.pending.append((number, page))
            self.pages_since_state += 1
            self.checkpoint.observe(Record({}, "s"))
            in_flight.advance({"page": page + 1})
        else:
            self._reading.remove(opened)
            self._closed.add(number)
            self.checkpoint.close_partition(cast(CdkPartition, _Closed(opened)))


@dataclass
class _Closed:
    stream_slice: StreamSlice

    def to_slice(self) -> StreamSlice:
        return self.stream_slice


def check_state_is_recent(run: Run, mode: str) -> None:
    """Few parents and pages are read again if the run is killed now, more if the state has many child states.

    If all parents so far refuse, they are requested again.
    """
    parents = run.account.parents
    child_states = len(parents) // 4 if mode == "per_parent" else 0
    is_refused = all(parents[number].refusal for number in run.done)
    assert is_refused or len(run.done) - len(run.done_at_state) < max(PARENTS_PER_STATE, child_states)
    assert mode != "per_parent" or run.pages_since_state < max(PAGES_PER_STATE, child_states)


def check_repetitions(run: Run, mode: str, received: list[tuple[int, int]], done: list[int]) -> None:
    """A killed run's successor repeats no row of the parents that were done, or with child states no row at all."""
    before = set(received) if mode == "per_parent" else {row for row in received if row[0] in done}
    assert before.isdisjoint(run.emitted)
    assert len(run.emitted) == len(set(run.emitted))


PARENTS = st.lists(st.builds(Parent, st.integers(0, 5), st.sampled_from([None, None, None, DENIED, GONE])), max_size=5)
# What happens in each run; the last one goes on to its end.
RUNS = st.lists(st.lists(st.integers(0, 11), min_size=4, max_size=60), min_size=2, max_size=5)


@settings(max_examples=300)
@given(st.lists(PARENTS, max_size=4), RUNS, st.lists(PARENTS, max_size=4), st.sampled_from(sorted(MODES)))
def test_no_order_of_partitions_refusals_and_restarts_loses_a_row(
    parent_pages: list[list[Parent]], runs: list[list[int]], new_pages: list[list[Parent]], mode: str
) -> None:
    account, destination = Account([*parent_pages]), Destination()
    received, done = list[tuple[int, int]](), list[int]()
    for number, choices in enumerate(runs):
        is_last = number == len(runs) - 1
        account.parent_pages += new_pages[number : number + 1]
        run = Run(account, destination, mode)
        try:
            for choice in [*choices, *([5, 2, 7, 0] * 100 if is_last else [])]:
                if not run.is_over:
                    run.step(choice)
                    check_state_is_recent(run, mode)
        except ConfigError:
            # An earlier run read some parents, and all parents of this one refuse.
            assert all(account.parents[each].refusal for each in run.opened)
        else:
            assert run.is_over or not is_last
        check_repetitions(run, mode, received, done)
        received, destination.pending = [*destination.received], []
        done = [*done, *run.done_at_state] if not run.is_over or mode == "follows_parent" else []
    assert set(destination.received) >= account.rows


def complete(account: Account, state: State, mode: str = "follows_parent") -> Run:
    """A run from this state to its end, parent by parent."""
    run = Run(account, Destination(state), mode)
    while not run.is_over:
        run.step(0)
    return run


def parent_state(page: int, last: int | None = None) -> State:
    position = {"parent": {"page": page}, "origin": "parents"}
    return position if last is None else {**position, "last": {"id": last}}


@pytest.mark.parametrize(
    ("before", "parents", "mode", "after"),
    [
        ({}, [Parent(1), Parent(1)], "follows_parent", parent_state(1)),
        (parent_state(0, last=0), [Parent(1), Parent(1)], "follows_parent", parent_state(1)),
        ({}, [Parent(1), Parent(1)], "none", {NO_CURSOR_STATE_KEY: True, HAD_ROWS: True}),
        ({}, [Parent(2), Parent(0)], "per_parent", {"children": {'{"id": 0}': {"page": 2}}}),
        ({}, [Parent(1, DENIED), Parent(1)], "follows_parent", parent_state(1)),
        ({}, [Parent(1, DENIED), Parent(1, DENIED)], "follows_parent", {NO_CURSOR_STATE_KEY: True}),
        (parent_state(0, last=0), [Parent(1), Parent(1, GONE)], "follows_parent", parent_state(0, last=0)),
    ],
    ids=["read", "resumed", "full", "child states", "one refused", "all refused", "the rest is gone"],
)
def test_state_after_the_last_parent(before: State, parents: list[Parent], mode: str, after: State) -> None:
    assert complete(Account([parents]), before, mode).destination.state == after


def test_states_of_children_whose_parents_are_gone_are_dropped_by_a_full_read() -> None:
    state = {"children": {'{"id": 0}': {"page": 1}, '{"id": 9}': {"page": 1}}}
    assert complete(Account([[Parent(1)]]), state, "per_parent").destination.state["children"] == {
        '{"id": 0}': {"page": 1}
    }
    resumed = {**parent_state(0, last=0), **state}
    assert complete(Account([[Parent(1)]]), resumed, "per_parent").destination.state["children"] == state["children"]


def test_the_state_is_emitted_at_the_end_of_each_page_of_parents() -> None:
    run = Run(Account([[Parent(1)], [Parent(1)]]), Destination(), "follows_parent")
    for _ in range(4):
        run.step(0)
    assert (run.opened, run.destination.state) == ([0, 1], parent_state(1))


@pytest.mark.parametrize("is_full_read", [True, False])
def test_only_a_read_from_the_first_parent_is_full(*, is_full_read: bool) -> None:
    account = Account([[Parent(1)]])
    assert complete(account, {} if is_full_read else parent_state(1)).checkpoint.is_full_read is is_full_read


@pytest.mark.parametrize("refusal", [DENIED, GONE])
def test_skipped_parents_are_counted_and_logged(refusal: StreamSkipped, caplog: pytest.LogCaptureFixture) -> None:
    run = complete(Account([[Parent(1), Parent(1, refusal), Parent(1, refusal)]]), {})
    assert run.checkpoint.parents_skipped == 2
    assert "Stream s: skipped 2 parents whose children Zendesk refused" in caplog.messages


def test_a_stream_whose_parents_all_refuse_is_skipped_unless_an_earlier_run_read_some(
    caplog: pytest.LogCaptureFixture,
) -> None:
    account = Account([[Parent(1, GONE), Parent(1, DENIED)]])
    complete(account, {})
    assert "Stream s is skipped: Zendesk refuses the children of all 2 parents, 403: no" in caplog.messages
    for state in (parent_state(0), {HAD_ROWS: True}):
        with pytest.raises(ConfigError, match=r"that an earlier run could read: .*The state is unchanged"):
            complete(account, state)


def test_after_many_refusals_no_further_parent_is_requested(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(parent_checkpoint, "MAX_REFUSALS_BEFORE_GIVING_UP", 2)
    account = Account([[Parent(1, GONE), Parent(1, DENIED), Parent(1, DENIED)], [Parent(1), Parent(1)]])
    run = Run(account, Destination(), "follows_parent")
    for _ in range(4):
        run.step(len(run.opened))
    while not run.is_over:
        run.step(0)
    assert (run.opened, run.emitted, run.destination.state) == ([0, 1, 2, 3], [], {NO_CURSOR_STATE_KEY: True})
    assert "Stream s is skipped: Zendesk refuses the children of its first 2 parents, 403: no" in caplog.messages


def test_refusals_after_children_do_not_end_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent_checkpoint, "MAX_REFUSALS_BEFORE_GIVING_UP", 2)
    run = complete(Account([[Parent(1), Parent(1, DENIED), Parent(1, DENIED), Parent(1, DENIED), Parent(1)]]), {})
    assert run.emitted == [(0, 0), (4, 0)]


@pytest.mark.parametrize("state", [{}, parent_state(0)])
def test_a_stream_whose_parents_have_no_parents_is_skipped(state: State, caplog: pytest.LogCaptureFixture) -> None:
    assert complete(Account([[Parent(1)]], GONE), state).emitted == []
    assert "the parents of its parents were deleted or are not in the account's plan (404: no)" in caplog.text


def test_a_stream_whose_parents_are_refused_is_skipped_unless_an_earlier_run_read_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    account = Account([[Parent(1)]], StreamSkipped("403: no"))
    complete(account, {})
    assert "Stream s is skipped: its parents cannot be read, 403: no" in caplog.messages
    with pytest.raises(ConfigError, match="its parents cannot be read, 403: no"):
        complete(account, parent_state(0))
