"""The stream `reconciliation` compares the emitted rows of every other stream with Zendesk's counts."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, discover, sync
from source_zendesk import times
from source_zendesk.printable import count_of

Row = dict[str, Any]
SEARCHED = ("tickets", "users", "organizations")
EXACT = (
    "list_users",
    "list_organizations",
    "ticket_fields",
    "views",
    "deleted_users",
    "custom_object_records",
)
TOLD = ("bookmarks", "workspaces", "macros", "brands", "group_memberships", "groups")
UNCOUNTED = ("ticket_metrics", "list_user_identities", "list_tickets", "macro_actions")
STREAMS = ("reconciliation", *SEARCHED, *EXACT, *TOLD, *UNCOUNTED)
ALWAYS = 1_000_000
NO_COUNT = "Zendesk has no count of these rows"
UNREAD = "the stream was not read from its beginning to its end"


def without_a_group(zendesk: Emulator) -> Emulator:
    zendesk.store.delete("groups", zendesk.store.table("groups").ids()[0])
    return zendesk


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with Emulator(seed=1, rows=12, tickets=30) as zendesk:
        zendesk.faults.add("users/*/identities", status=404)
        yield without_a_group(zendesk)


@pytest.fixture(scope="module")
def complete(account: Emulator) -> Result:
    """A first sync of an unchanged account."""
    return sync(account.config(num_workers=2), STREAMS)


def rows_by_stream(result: Result) -> dict[str, Row]:
    return {row["stream"]: row for row in result.records["reconciliation"]}


def verdict_by_stream(result: Result) -> dict[str, Any]:
    return {stream: row["agrees"] for stream, row in rows_by_stream(result).items()}


def test_every_other_stream_has_a_row(complete: Result) -> None:
    assert not complete.errors
    assert [row["stream"] for row in complete.records["reconciliation"]] == list(STREAMS[1:])
    for stream, row in rows_by_stream(complete).items():
        assert row["emitted"] == len(complete.records[stream]), stream
    assert complete.statuses["reconciliation"] == ["STARTED", "RUNNING", "COMPLETE"]


def test_reconciliation_is_read_last(complete: Result) -> None:
    kinds = [(message.get("record") or {}).get("stream", "") for message in complete.messages]
    first = kinds.index("reconciliation")
    traces = [message["trace"] for message in complete.messages[:first] if message.get("trace")]
    ended = [trace["stream_status"] for trace in traces if trace["type"] == "STREAM_STATUS"]
    done = {status["stream_descriptor"]["name"] for status in ended if status["status"] == "COMPLETE"}
    assert done == set(STREAMS[1:])
    assert set(kinds[first:]) <= {"reconciliation", ""}


def test_counted_streams_agree_and_the_rest_is_null(complete: Result) -> None:
    expected = {**dict.fromkeys([*SEARCHED, *EXACT, *TOLD], True), **dict.fromkeys(UNCOUNTED)}
    assert verdict_by_stream(complete) == expected
    rows = rows_by_stream(complete)
    assert all((rows[name]["counted"] is None) == (rows[name]["counted_by"] is None) for name in rows)
    reasons = {**dict.fromkeys([*SEARCHED, *EXACT, *TOLD]), **dict.fromkeys(UNCOUNTED, NO_COUNT)}
    assert {name: row["reason"] for name, row in rows.items()} == {**reasons, "list_user_identities": UNREAD}
    assert rows["list_users"]["counted_by"] == "GET /api/v2/users/count"
    assert rows["groups"]["received"] == rows["groups"]["counted"] == 12
    assert rows["tickets"]["received"] > rows["tickets"]["compared"] == rows["tickets"]["counted"]
    assert rows["tickets"]["counted_by"].startswith("GET /api/v2/search/count?query=type:ticket updated>2020-01-01T00")
    assert {rows[name]["counted_by"] for name in TOLD} == {f"the `count` of GET /api/v2/{name}" for name in TOLD}


def test_requests_and_skipped_parents_are_reported(account: Emulator, complete: Result) -> None:
    rows = rows_by_stream(complete)
    counts = [one for one in account.requests if one.path.endswith("/count") or one.query.get("per_page") == ["1"]]
    objects = [one for one in account.requests if one.path == "/api/v2/custom_objects"]
    # The lists of custom objects after the first are for the counts of their records.
    assert sum(row["requests"] for row in rows.values()) == len(account.requests) - len(counts) - len(objects) + 1
    # Counts are requested twice; none for bookmarks and workspaces, and one per object for records.
    assert len(counts) == 2 * (len([*SEARCHED, *EXACT, *TOLD]) - 2 + 11)
    assert rows["tickets"]["requests"] + rows["ticket_metrics"]["requests"] == 1
    assert rows["list_user_identities"]["parents_skipped"] == 1
    assert rows["groups"]["parents_skipped"] == 0


def test_the_next_run_compares_only_its_own_rows(account: Emulator, complete: Result) -> None:
    """Exports are compared with a search for changes; lists with all rows that were read."""
    second = sync(account.config(), STREAMS, complete.state)
    assert verdict_by_stream(second) == verdict_by_stream(complete)
    rows = rows_by_stream(second)
    assert rows["groups"]["emitted"] < rows["groups"]["received"] == 12
    assert rows["tickets"]["counted"] == rows["tickets"]["emitted"] == 0


def test_missing_rows_are_reported_with_their_number(zendesk: Emulator) -> None:
    without_a_group(zendesk).faults.add("groups", kind="withhold", rows=3, times=ALWAYS)
    zendesk.faults.add("bookmarks", kind="withhold", rows=1, times=ALWAYS)
    zendesk.faults.add("incremental/tickets/cursor", kind="withhold", rows=10, times=ALWAYS)
    result = sync(zendesk.config(), ["bookmarks", "reconciliation", "groups", "tickets", "views"])
    rows = rows_by_stream(result)
    assert verdict_by_stream(result) == {"bookmarks": False, "groups": False, "tickets": False, "views": True}
    assert (rows["bookmarks"]["emitted"], rows["bookmarks"]["counted"]) == (11, 12)
    assert rows["tickets"]["emitted"] == 20
    alive = [row for row in result.records["tickets"] if row["status"] != "deleted"]
    missing = rows["tickets"]["counted"] - len(alive)
    assert rows["tickets"]["compared"] == len(alive)
    assert [text.split(" according to ")[0] for text in result.warnings] == [
        "Stream bookmarks: 1 row is missing",
        "Stream groups: 3 rows are missing",
        f"Stream tickets: {missing} rows are missing",
    ]
    assert not result.errors


def test_a_count_that_changes_during_the_read_is_inconclusive(zendesk: Emulator) -> None:
    zendesk.account.before_response = lambda: zendesk.store.create("views", title="new")
    result = sync(zendesk.config(), ["views", "workspaces", "reconciliation"])
    assert verdict_by_stream(result) == {"views": None, "workspaces": True}
    row = rows_by_stream(result)["views"]
    assert row["counted"] > row["emitted"] == row["compared"]
    assert re.fullmatch(r"the count changed from \d+ to \d+ while the stream was read", row["reason"])
    assert result.warnings == []


def test_an_empty_read_between_two_counts_is_inconclusive(zendesk: Emulator) -> None:
    for count in (100, 200):
        zendesk.faults.add("views/count", status=200, body={"count": {"value": count}})
    zendesk.faults.add("views", kind="withhold", rows=ALWAYS, times=ALWAYS)
    row = rows_by_stream(sync(zendesk.config(), ["views", "reconciliation"]))["views"]
    assert (row["compared"], row["counted"], row["agrees"]) == (0, 200, None)
    assert row["reason"] == "the count changed from 100 to 200 while the stream was read"


def change_around_the_list(zendesk: Emulator, deleted: int) -> None:
    """Create a view after the first count, and delete one after the list."""
    views = zendesk.store.table("views").ids()
    changes: list[Callable[[], object]] = [
        lambda: zendesk.store.delete("views", views[deleted]),
        lambda: zendesk.store.create("views", title="new"),
        list,
    ]

    def change() -> None:
        changes.pop()()

    zendesk.account.before_response = change


def test_a_row_deleted_after_its_read_is_not_an_excess(zendesk: Emulator) -> None:
    """The list is read between two equal counts."""
    change_around_the_list(zendesk, deleted=0)
    result = sync(zendesk.config(), ["views", "reconciliation"])
    row = rows_by_stream(result)["views"]
    assert (row["emitted"], row["counted"], row["agrees"]) == (13, 12, None)
    assert row["reason"] == "more rows were received than counted"
    assert result.warnings == []


def test_a_row_created_during_the_read_does_not_hide_a_missing_one(zendesk: Emulator) -> None:
    """One row is missing, one is created before the read of the list, and another deleted after it."""
    change_around_the_list(zendesk, deleted=-1)
    zendesk.faults.add("views", kind="withhold", rows=1)
    row = rows_by_stream(sync(zendesk.config(), ["views", "reconciliation"]))["views"]
    assert (row["emitted"], row["counted"], row["agrees"]) == (12, 12, None)
    assert row["reason"].startswith("1 row was created during the sync")


@pytest.mark.parametrize(
    ("path", "key", "agrees"),
    [
        ("groups", "groups", None),
        ("views", "views", False),
        ("bookmarks", "bookmarks", None),
        ("users", "users", False),
    ],
)
def test_a_repeated_row_does_not_hide_a_missing_one(
    path: str,
    key: str,
    agrees: bool | None,  # noqa: FBT001
    zendesk: Emulator,
) -> None:
    """Lists counted by `/count`, by a separate page, and by their own `count`, which may include repetitions."""
    stream = {"users": "list_users"}.get(key, key)
    sound = sync(zendesk.config(), [stream]).records[stream]
    rows = [*sound[1:], sound[-1]]
    body = {key: rows, "count": len(rows), "next_page": None, "meta": {"has_more": False}}
    size = {} if path == "bookmarks" else {"page[size]": "100"}
    zendesk.faults.add(path, status=200, body=body, times=ALWAYS, query=size)
    result = sync(zendesk.config(), [stream, "reconciliation"])
    row = rows_by_stream(result)[stream]
    assert (row["received"], row["compared"], row["counted"]) == (len(sound), len(sound) - 1, len(sound))
    assert row["agrees"] is agrees
    assert ("was received more than once" in row["reason"], "1 row is missing" in row["reason"]) == (
        agrees is None,
        agrees is False,
    )
    assert len(result.warnings) == (agrees is False)


@pytest.mark.parametrize("withheld", [0, 1, 2])
def test_rows_repeated_between_export_pages_count_once(withheld: int) -> None:
    with Emulator(seed=1, rows=250, tickets=1) as zendesk:
        if withheld:
            zendesk.faults.add("incremental/organizations", kind="withhold", rows=withheld, after=2)
        result = sync(zendesk.config(export_page_size=100), ["organizations", "reconciliation"])
    row = rows_by_stream(result)["organizations"]
    assert row["received"] > row["emitted"] == len(result.records["organizations"])
    lost = row["counted"] - row["compared"]
    assert (row["agrees"], row["reason"]) == (
        (False, count_of(lost, "row is missing", "rows are missing")) if lost else (True, None)
    )
    assert lost == max(withheld - 1, 0)  # the first row of a page repeats the last one of the page before


def test_an_outdated_or_missing_count_is_inconclusive(zendesk: Emulator) -> None:
    counting = {"count": {"value": 100_000, "refreshed_at": None}}
    zendesk.faults.add("users/count", status=200, body=counting, times=ALWAYS)
    zendesk.faults.add("views/count", status=403, times=ALWAYS)
    zendesk.faults.add("ticket_fields/count", status=200, body={"count": {}}, times=ALWAYS)
    zendesk.faults.add("organizations/count", status=200, body={"count": {"value": 100_000}}, times=ALWAYS)
    streams = ["list_users", "views", "ticket_fields", "list_organizations"]
    result = sync(zendesk.config(), [*streams, "reconciliation"])
    assert verdict_by_stream(result) == dict.fromkeys(streams)
    assert [row["counted"] for row in result.records["reconciliation"]] == [100_000, None, None, 100_000]
    assert [row["reason"] for row in result.records["reconciliation"]] == [
        "the count is older than the sync",
        "GET /api/v2/views/count returned no count",
        "GET /api/v2/ticket_fields/count returned no count",
        "the count is older than the sync",
    ]
    assert not result.errors


def test_a_failed_stream_is_reported_and_the_sync_fails(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="no_list", times=ALWAYS)
    result = sync(zendesk.config(), ["reconciliation", "groups", "views"])
    assert verdict_by_stream(result) == {"groups": None, "views": True}
    assert rows_by_stream(result)["groups"]["counted"] == 12
    assert rows_by_stream(result)["groups"]["reason"] == "the stream failed"
    assert result.statuses["groups"][-1] == "INCOMPLETE"
    assert result.statuses["reconciliation"][-1] == "COMPLETE"
    assert result.exit_code == 1


def test_a_sync_with_all_streams_refused_fails_despite_reconciliation(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=403, times=ALWAYS)
    result = sync(zendesk.config(), ["groups", "reconciliation"])
    assert "Zendesk refused every stream of this sync" in result.errors[-1]
    assert verdict_by_stream(result) == {"groups": None}


def test_a_resumed_list_is_inconclusive() -> None:
    with Emulator(seed=1, rows=130, tickets=1) as zendesk:
        first = sync(zendesk.config(), ["views"])
        rest = sync(zendesk.config(), ["views", "reconciliation"], first.state_after(1))
        assert (len(rest.records["views"]), verdict_by_stream(rest)) == (30, {"views": None})
        assert rows_by_stream(rest)["views"]["reason"] == UNREAD


def test_a_list_that_counts_repeated_rows_has_none_missing(zendesk: Emulator) -> None:
    row = {"id": 7, "name": "somebody"}
    body = {"users": [row, row], "count": 2, "next_page": None}
    zendesk.faults.add("tickets/*/email_ccs", status=200, body=body, times=ALWAYS)
    result = sync(zendesk.config(), ["ticket_email_ccs", "reconciliation"])
    (found,) = result.records["reconciliation"]
    assert found["counted"] == found["received"] == 2 * found["compared"] > 0
    assert (found["agrees"], result.warnings) == (None, [])


def test_children_are_compared_list_by_list(zendesk: Emulator) -> None:
    """One parent has a row more than its count, and another one fewer."""
    for sent, counted in ((2, 1), (1, 2)):
        rows = [{"id": number, "name": "somebody"} for number in range(sent)]
        zendesk.faults.add("tickets/*/email_ccs", status=200, body={"users": rows, "count": counted, "next_page": None})
    none = {"users": [], "count": 0, "next_page": None}
    zendesk.faults.add("tickets/*/email_ccs", status=200, body=none, times=ALWAYS)
    (row,) = sync(zendesk.config(), ["ticket_email_ccs", "reconciliation"]).records["reconciliation"]
    assert (row["compared"], row["counted"], row["agrees"]) == (3, 3, False)


def test_an_export_of_only_the_last_hour_is_inconclusive(zendesk: Emulator) -> None:
    state = {"stream_descriptor": {"name": "tickets"}, "stream_state": {"generated_timestamp": times.now() - 1800}}
    result = sync(zendesk.config(), ["tickets", "reconciliation"], [{"type": "STREAM", "stream": state}])
    row = rows_by_stream(result)["tickets"]
    assert (row["counted"], row["agrees"]) == (None, None)
    assert row["reason"].startswith("only rows that changed in the last hour were due")


@pytest.mark.parametrize("change", ["updated", "deleted"])
def test_a_row_changed_since_the_search_index_is_not_missing(change: str, zendesk: Emulator) -> None:
    """Both counts are from an index without the change."""
    (found,) = sync(zendesk.config(), ["organizations", "reconciliation"]).records["reconciliation"]
    first = zendesk.store.table("organizations").ids()[0]
    if change == "updated":
        zendesk.store.update("organizations", first, name="new")
    else:
        zendesk.store.delete("organizations", first)
    zendesk.clock.advance(seconds=120)
    zendesk.faults.add("search/count", status=200, body={"count": found["counted"]}, times=ALWAYS)
    result = sync(zendesk.config(), ["organizations", "reconciliation"])
    row = rows_by_stream(result)["organizations"]
    assert (row["compared"], row["agrees"]) == (found["compared"] - 1, None)
    assert row["reason"].startswith("fewer rows were received than counted, and 1 changed")
    assert result.warnings == []


def test_reconciliation_alone_has_no_row(zendesk: Emulator) -> None:
    result = sync(zendesk.config(), ["reconciliation"])
    assert (result.records["reconciliation"], result.errors, zendesk.requests) == ([], [], [])
    assert result.statuses["reconciliation"] == ["STARTED", "COMPLETE"]


def test_every_catalog_contains_reconciliation(zendesk: Emulator) -> None:
    stream = discover(zendesk.config())["reconciliation"]
    assert stream["supported_sync_modes"] == ["full_refresh"]
    assert stream["source_defined_primary_key"] == [["stream"]]
