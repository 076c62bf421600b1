"""A second run emits changed rows with the minimum number of requests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.tables import Table
from integration_tests.emulator.emulator import find_endpoint
from integration_tests.expected_rows import FULL_QUERIES, coerced, redacted
from integration_tests.harness import Row, sync
from integration_tests.run_twice import TwoRuns, incremental_streams_by_depth, run_twice
from integration_tests.samples import group_of, sample
from source_zendesk import times
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.record_schema import volatile_fields

PAGE = Path(__file__).parents[1] / "docs" / "streams.md"
FILTERED_HERE = ("cursor_list", "uncounted_list", "single_page")
LISTS = sample(
    (
        entry
        for entry in Manifest.load().endpoints.values()
        if entry.family in FILTERED_HERE
        and entry.options.incremental_cursor == "$list_cursor"
        and entry.cursor_field
        and not entry.options.nested
    ),
    group_of,
)


ROOTS, *CHILDREN = incremental_streams_by_depth()


@dataclass
class Account:
    """Two runs of the streams without parents, with a change of one row in every list between them."""

    zendesk: Emulator
    changed: dict[str, Row]
    runs: TwoRuns


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    changed: dict[str, Row] = {}

    def change() -> None:
        zendesk.clock.advance(hours=1)
        changed.update({entry.name: row for entry in LISTS if (row := change_one(zendesk, entry))})

    with Emulator(seed=1, rows=120, tickets=30) as zendesk:
        add_pages(zendesk)
        runs = run_twice(zendesk, [entry.name for entry in ROOTS], change)
        yield Account(zendesk, changed, runs)


def add_pages(zendesk: Emulator) -> None:
    """Three pages of audits and two of each routing export, since a second run requests only some of their pages."""
    for table in ("attributes", "attribute_values"):
        for _ in range(100):
            zendesk.store.create(table)
    for number in range(2000):
        zendesk.store.update("tickets", 7, subject=f"Subject {number}")
    zendesk.clock.advance(hours=1)
    zendesk.store.update("tickets", 8, subject="Subject")


def add_parents(zendesk: Emulator) -> None:
    """Two deleted users, the second of which a second run requests again, and an invocation of each webhook."""
    for user in zendesk.store.all("users")[1:3]:
        zendesk.store.delete("users", user["id"])
        zendesk.clock.advance(hours=1)
    for webhook in zendesk.store.all("webhooks"):
        zendesk.store.create("webhook_invocations", webhook_id=webhook["id"])


def change_one(zendesk: Emulator, entry: Endpoint) -> Row | None:
    """Change a row in the middle of a list; None for derived collections, which change with others."""
    endpoint, _ = find_endpoint("GET", entry.path)
    rows = zendesk.expected("GET", entry.path)
    if not rows or not isinstance(zendesk.store.table(endpoint.of), Table) or entry.cursor_field != "updated_at":
        return None
    key = rows[len(rows) // 2][entry.primary_key[0]]
    is_its_own = zendesk.store.get(endpoint.of, key) is not None
    return zendesk.store.update(endpoint.of, key) if is_its_own else None


every_list = pytest.mark.parametrize("entry", LISTS, ids=lambda entry: entry.name)


@every_list
def test_first_run_reads_the_whole_list(entry: Endpoint, account: Account) -> None:
    served_rows = account.zendesk.expected("GET", entry.path)
    keys = {row[entry.primary_key[0]] for row in account.runs.first.records[entry.name]}
    assert keys >= {row[entry.primary_key[0]] for row in served_rows}


@every_list
def test_second_run_emits_the_changed_rows_or_all_if_some_fields_change_alone(
    entry: Endpoint, account: Account
) -> None:
    bound = times.epoch(account.runs.first.state_of(entry.name)[entry.cursor_field])
    assert bound is not None
    rows = account.zendesk.expected("GET", f"{entry.path}?{urlencode(FULL_QUERIES.get(entry.name, {}))}")
    served = [coerced(entry, redacted(entry, row)) for row in rows]
    since = [row for row in served if (time := times.epoch(row.get(entry.cursor_field))) is None or time >= bound]
    assert len(since) < max(len(served), 2)
    assert_same_rows(account.runs.second.records[entry.name], served if volatile_fields(entry) else since)


def test_each_changed_row_is_emitted_again(account: Account) -> None:
    missing = []
    for name, row in account.changed.items():
        (key,) = Manifest.load().endpoints[name].primary_key
        if row[key] not in [emitted[key] for emitted in account.runs.second.records[name]]:
            missing.append(name)
    assert missing == []
    assert len(account.changed) > len(LISTS) * 2 / 3


def documented_reads() -> dict[str, str]:
    """The column *incremental read* of `docs/streams.md` by stream, without what is emitted of all requested rows."""
    lines = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return {cells[0].strip("|` "): "all" if cells[5].startswith("all") else cells[5] for cells in lines}


def differing_reads(runs: TwoRuns, entries: list[Endpoint]) -> dict[str, tuple[str, str]]:
    """What the page states and what the second run requested, of each stream for which they differ."""
    documented = documented_reads()
    reads = {entry.name: (documented[entry.name], runs.read_mode(entry)) for entry in entries}
    return {name: (stated, requested) for name, (stated, requested) in reads.items() if stated != requested}


def test_the_second_run_requests_what_the_page_states(account: Account) -> None:
    assert differing_reads(account.runs, ROOTS) == {}


@pytest.mark.parametrize("entries", CHILDREN, ids=["children", "grandchildren", "great-grandchildren"])
def test_the_second_run_of_substreams_requests_what_the_page_states(entries: list[Endpoint]) -> None:
    with Emulator(seed=1, rows=4, tickets=6) as zendesk:
        add_parents(zendesk)
        runs = run_twice(zendesk, [entry.name for entry in entries], lambda: zendesk.clock.advance(hours=1))
    assert differing_reads(runs, entries) == {}


def test_rows_without_a_time_are_always_emitted(zendesk: Emulator) -> None:
    row = zendesk.store.all("organization_memberships")[3]
    zendesk.store.update("organization_memberships", row["id"], updated_at=None)
    first = sync(zendesk.config(), ["organization_memberships"])
    second = sync(zendesk.config(), ["organization_memberships"], first.state)
    for result in (first, second):
        assert row["id"] in [each["id"] for each in result.records["organization_memberships"]]


def test_a_list_without_times_is_emitted_completely(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["tags"])
    assert_same_rows(sync(zendesk.config(), ["tags"], first.state).records["tags"], first.records["tags"])


def test_full_refresh_ignores_the_state(zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), ["groups"], mode="full_refresh").records["groups"]
    assert_same_rows(rows, zendesk.expected("GET", "/api/v2/groups?exclude_deleted=false"))


LATE = {"satisfaction_ratings": 30 * 86400}
"""Zendesk filters ratings by creation time, and ratings can change later."""
SINCE: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "ticket_activities": ("/api/v2/activities", "since", times.iso),
    "satisfaction_ratings": ("/api/v2/satisfaction_ratings", "start_time", str),
    "audit_logs": ("/api/v2/audit_logs", "filter[created_at][]", times.iso),
}


@pytest.mark.parametrize("stream", SINCE)
def test_supported_filters_are_sent_to_zendesk(stream: str, zendesk: Emulator) -> None:
    path, parameter, form = SINCE[stream]
    first = sync(zendesk.config(start_date="2020-01-01T00:00:00Z"), [stream])
    sync(zendesk.config(), [stream], first.state)
    saved = first.state_of(stream)[Manifest.load().endpoints[stream].cursor_field]
    margin = LATE.get(stream, 0)
    begun = [(times.epoch(each) or 0) - margin for each in ("2020-01-01T00:00:00Z", saved)]
    assert [request.query[parameter][0] for request in zendesk.requests_to(path)] == [form(each) for each in begun]


def test_a_rating_changed_later_is_emitted_again(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["satisfaction_ratings"])
    newest = max(zendesk.store.all("satisfaction_ratings"), key=lambda row: str(row["created_at"]))
    zendesk.clock.advance(hours=1)
    zendesk.store.update("satisfaction_ratings", newest["id"], score="bad")
    second = sync(zendesk.config(), ["satisfaction_ratings"], first.state)
    assert newest["id"] in [row["id"] for row in second.records["satisfaction_ratings"]]


def test_the_filter_of_audit_logs_has_two_ends(zendesk: Emulator) -> None:
    sync(zendesk.config(), ["audit_logs"])
    start, end = zendesk.requests_to("/api/v2/audit_logs")[0].query["filter[created_at][]"]
    assert start < zendesk.clock.stamp() < end


def test_audit_logs_start_ten_years_back_without_start_date(zendesk: Emulator) -> None:
    config = {name: value for name, value in zendesk.config().items() if name != "start_date"}
    sync(config, ["audit_logs", "ticket_activities"])
    (start, _), (other,) = (
        zendesk.requests_to(f"/api/v2/{path}")[0].query[name]
        for path, name in (("audit_logs", "filter[created_at][]"), ("activities", "since"))
    )
    today = times.now() // times.DAY_IN_SECONDS
    assert [today - (times.epoch(each) or 0) // times.DAY_IN_SECONDS for each in (start, other)] == [3650, 730]


def test_filtered_lists_keep_their_filter_from_page_to_page() -> None:
    with Emulator(seed=1, rows=230, tickets=1) as zendesk:
        sync(zendesk.config(), ["satisfaction_ratings"])
        sent = [request.query.get("start_time") for request in zendesk.requests_to("/api/v2/satisfaction_ratings")]
    assert len(sent) == 3
    assert len(set(map(str, sent))) == 1


def test_newest_first_lists_stop_at_the_first_known_page() -> None:
    with Emulator(seed=1, rows=4, tickets=1300) as zendesk:
        first = sync(zendesk.config(), ["ticket_audits"])
        pages = len(zendesk.requests_to("/api/v2/ticket_audits"))
        assert_same_rows(first.records["ticket_audits"], zendesk.expected("GET", "/api/v2/ticket_audits"))
        zendesk.clock.advance(hours=1)
        zendesk.store.update("tickets", 7, status="open", priority="urgent")
        zendesk.clear_requests()
        second = sync(zendesk.config(), ["ticket_audits"], first.state)
    assert pages >= 3
    assert len(zendesk.requests) == 2
    assert 7 in [row["ticket_id"] for row in second.records["ticket_audits"]]
    assert len(second.records["ticket_audits"]) < 10


def test_newest_first_lists_end_at_the_start_date(zendesk: Emulator) -> None:
    start = "2025-01-01T00:00:00Z"
    rows = sync(zendesk.config(start_date=start), ["ticket_audits"]).records["ticket_audits"]
    assert rows
    assert min(row["created_at"] for row in rows) >= start


def test_only_children_of_changed_parents_are_requested(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["list_ticket_comments"])
    zendesk.clock.advance(hours=1)
    zendesk.store.update("tickets", 7, status="open", comment={"body": "News", "public": True})
    zendesk.clock.advance(hours=1)
    zendesk.clear_requests()
    second = sync(zendesk.config(), ["list_ticket_comments"], first.state)
    paths = {request.path for request in zendesk.requests if request.path.endswith("/comments")}
    assert paths == {"/api/v2/tickets/7/comments"}
    assert_same_rows(
        second.records["list_ticket_comments"],
        [{"ticket_id": 7, **row} for row in zendesk.expected("GET", "/api/v2/tickets/7/comments")],
    )


def test_children_of_unchanged_parents_cost_one_request(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["list_ticket_comments"])
    zendesk.clear_requests()
    second = sync(zendesk.config(), ["list_ticket_comments"], first.state)
    assert [request.path for request in zendesk.requests] == ["/api/v2/incremental/tickets/cursor"]
    assert second.records["list_ticket_comments"] == []


def test_children_with_their_own_state_are_emitted_when_changed(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["custom_object_records"])
    zendesk.clock.advance(hours=1)
    row = zendesk.store.all("custom_object_records")[-1]
    zendesk.store.update("custom_object_records", row["id"])
    second = sync(zendesk.config(), ["custom_object_records"], first.state)
    again = [each["id"] for each in second.records["custom_object_records"]]
    assert row["id"] in again
    assert len(again) < len(first.records["custom_object_records"])


def test_children_are_not_requested_for_deleted_tickets(zendesk: Emulator) -> None:
    zendesk.store.delete("tickets", 7)
    sync(zendesk.config(), ["list_ticket_comments", "show_ticket"])
    assert not [request.path for request in zendesk.requests if "/tickets/7" in request.path]


def test_a_parent_is_read_once_for_all_its_children(zendesk: Emulator) -> None:
    sync(zendesk.config(), ["triggers", "show_trigger", "trigger_revisions", "show_trigger_revision"])
    assert len(zendesk.requests_to("/api/v2/triggers")) == 1


def test_show_many_sends_a_hundred_ids_per_request() -> None:
    with Emulator(seed=1, rows=230, tickets=1) as zendesk:
        sync(zendesk.config(), ["show_many_users", "count_many_views"])
        users = [request.query["ids"][0].split(",") for request in zendesk.requests_to("/api/v2/users/show_many")]
        views = [request.query["ids"][0].split(",") for request in zendesk.requests_to("/api/v2/views/count_many")]
    assert sorted(map(len, users), reverse=True) == [100, 100, 18]
    assert {len(ids) for ids in views} <= {20, 10}
