"""Zendesk QA: windows of dates, numbered pages that move, and workspaces as parents."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.harness import Result, Row, State, discover, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

DAY = 86400
BLOCK = {"credentials": "access_token", "access_token": "qa-token"}
LISTS = {
    "qa_reviews": ("/qa/api/export/reviews", "lastUpdatedISO", 30),
    "qa_csat": ("/qa/api/export/csat", "csatAnsweredAt", 30),
    "qa_autoqa_reviews": ("/qa/api/export/autoqa/reviews", "updatedAt", 7),
    "qa_autoqa_ratings": ("/qa/api/export/autoqa/ratings", "updatedAt", 7),
}
"""The path, the cursor field and the days that a later read requests again."""


def window(zendesk: Emulator, path: str) -> tuple[int, int]:
    """The times between which the rows of a path were requested last."""
    query = zendesk.requests_to(path)[-1].query
    return epoch_of(query["fromDate"][-1]), epoch_of(query["toDate"][-1])


@pytest.mark.parametrize("stream", LISTS)
def test_a_later_read_requests_rows_since_the_state_and_a_margin(stream: str) -> None:
    path, cursor, days = LISTS[stream]
    with Emulator(seed=1, rows=120, tickets=5, frozen=True) as zendesk:
        first = sync(zendesk.config(), [stream])
        start, end = window(zendesk, path)
        assert start <= epoch_of("2020-01-01T00:00:00Z")
        second = sync(zendesk.config(), [stream], first.state)
        state = epoch_of(first.state_of(stream)[cursor])
        assert window(zendesk, path)[0] == state - days * DAY
        assert end <= window(zendesk, path)[1]
        emits_all = "autoqa" not in stream
        since = state - days * DAY if emits_all else state
        expected = [row for row in first.records[stream] if epoch_of(row[cursor]) >= since]
        assert_same_rows(second.records[stream], expected)


def test_the_disputes_of_a_new_workspace_are_read_from_the_start_date(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["qa_disputes"])
    workspace = zendesk.store.create("qa_workspaces", name="New")
    old = {"createdAt": "2023-01-01T00:00:00Z", "workspaceId": workspace["id"]}
    dispute = zendesk.store.create("qa_disputes", workspace["id"], disputeId="d-new", **old)
    second = sync(zendesk.config(), ["qa_disputes"], first.state)
    assert dispute["disputeId"] in {row["disputeId"] for row in second.records["qa_disputes"]}


def test_a_dispute_that_is_resolved_later_is_emitted_again(zendesk: Emulator) -> None:
    now = int(zendesk.clock.epoch())
    (workspace, *_) = zendesk.store.all("qa_workspaces")
    fields = {"workspaceId": workspace["id"], "createdAt": iso(now - DAY), "resolvedAt": None, "disputeId": "d-new"}
    zendesk.store.create("qa_disputes", workspace["id"], **fields)
    first = sync(zendesk.config(), ["qa_disputes"])
    zendesk.store.update("qa_disputes", "d-new", resolvedAt=iso(now))
    second = sync(zendesk.config(), ["qa_disputes"], first.state)
    assert [row["resolvedAt"] for row in second.records["qa_disputes"] if row["disputeId"] == "d-new"] == [iso(now)]


class Reviews:
    """Serves reviews in pages by number; deletes a row of an earlier page before the third page."""

    def __init__(self, count: int, *, deletes: bool = False) -> None:
        self.rows = [
            {"externalId": str(n), "workspaceId": "1", "lastUpdatedISO": iso(1_700_000_000 + n)} for n in range(count)
        ]
        self.deletes = deletes
        self.pages: list[int] = []
        self.windows: set[str] = set()

    def __call__(self, arrived: RecordedRequest) -> Reply:
        number, size = int(arrived.query.get("page", 1)), int(arrived.query["pageSize"])
        self.pages.append(number)
        self.windows.add(arrived.query["toDate"])
        if self.deletes and len(self.pages) == 2:
            del self.rows[0]
        part = self.rows[(number - 1) * size : number * size]
        pagination = {"page": number, "pageSize": size, "total": len(self.rows)}
        return Reply(body={"conversations": part, "pagination": pagination})


def read(reviews: Any, state: State | None = None) -> Result:
    with RecordingServer(reviews) as server:
        return sync({**server.config(), "qa": BLOCK}, ["qa_reviews"], state)


def ids(result: Result) -> list[str]:
    return [row["externalId"] for row in result.records["qa_reviews"]]


def test_an_unchanged_list_is_read_once_with_one_end() -> None:
    reviews = Reviews(250)
    assert ids(read(reviews)) == [row["externalId"] for row in reviews.rows]
    assert reviews.pages == [1, 2, 3]
    assert len(reviews.windows) == 1


def test_a_row_that_moves_past_a_page_boundary_is_emitted() -> None:
    reviews = Reviews(250, deletes=True)
    found = ids(read(reviews))
    assert {row["externalId"] for row in reviews.rows} <= set(found)
    assert len(found) == len(set(found))


def test_a_list_without_a_total_is_read_to_its_empty_page() -> None:
    def without_total(arrived: RecordedRequest) -> Reply:
        reply = reviews(arrived)
        return Reply(body={"conversations": reply.body["conversations"]})

    reviews = Reviews(150)
    assert set(ids(read(without_total))) == {row["externalId"] for row in reviews.rows}


CSAT = {"externalTicketId": "7", "csatCreatedAt": "2024-01-01T00:00:00Z", "csatAnsweredAt": "2024-01-02T00:00:00Z"}


@pytest.mark.parametrize("stream", ["qa_csat", "qa_workspace_csat"])
def test_each_answer_of_a_ticket_has_a_key_which_it_keeps_if_the_customer_changes_it(stream: str) -> None:
    later = {**CSAT, "csatCreatedAt": "2024-02-01T00:00:00Z", "csatAnsweredAt": "2024-02-02T00:00:00Z"}
    changed = {**CSAT, "csatAnsweredAt": "2024-02-03T00:00:00Z", "csatComment": "Changed"}
    other_ticket = {**CSAT, "externalTicketId": "8"}

    def answer(arrived: RecordedRequest) -> Reply:
        if arrived.path.endswith("/workspaces"):
            return Reply(body={"workspaces": [{"id": "1"}, {"id": "2"}]})
        return Reply(body={"tickets": answers, "pagination": {"page": 1, "pageSize": 100, "total": len(answers)}})

    with RecordingServer(answer) as server:
        config = {**server.config(), "qa": BLOCK, "catalog": "complete"}
        answers = [CSAT, later, other_ticket]
        first = sync(config, [stream])
        answers = [changed, later, other_ticket]
        second = sync(config, [stream], first.state)
    names = [name for (name,) in discover(config)[stream]["source_defined_primary_key"]]
    table = {tuple(row[name] for name in names): row for result in (first, second) for row in result.records[stream]}
    comments = [row.get("csatComment") for row in table.values()]
    workspaces = 2 if "workspaceId" in names else 1
    assert len(comments) == 3 * workspaces
    assert comments.count("Changed") == workspaces


class Ratings:
    """Serves automatic ratings in pages of `(rows, nextCursor)`; each page but the first is requested by its cursor."""

    def __init__(self, **pages: tuple[int, Row]) -> None:
        self.pages = {"": pages.pop("first"), **pages}
        self.requests: list[dict[str, str]] = []

    def __call__(self, arrived: RecordedRequest) -> Reply:
        self.requests.append(arrived.query)
        cursor = arrived.query.get("cursor", "")
        count, more = self.pages[cursor]
        rows = [{"autoqaRatingId": f"{cursor}-{n}", "updatedAt": iso(1_700_000_000 + n)} for n in range(count)]
        return Reply(body={"rows": rows, **more})


def read_ratings(ratings: Any, state: State | None = None) -> Result:
    with RecordingServer(ratings) as server:
        return sync({**server.config(), "start_date": "2023-01-01", "qa": BLOCK}, ["qa_autoqa_ratings"], state)


@pytest.mark.parametrize("end", [{"nextCursor": ""}, {"nextCursor": None}, {}], ids=["empty", "null", "missing"])
@pytest.mark.parametrize("empty_page", [0, 100])
def test_a_page_without_a_cursor_is_the_last_and_an_empty_page_with_one_is_not(end: Row, empty_page: int) -> None:
    ratings = Ratings(first=(100, {"nextCursor": "a"}), a=(empty_page, {"nextCursor": "b"}), b=(3, end))
    result = read_ratings(ratings)
    assert result.errors == []
    assert len(result.records["qa_autoqa_ratings"]) == 103 + empty_page
    assert [sent.get("cursor") for sent in ratings.requests] == [None, "a", "b"]


@pytest.mark.parametrize("count", [0, 100])
def test_a_cursor_that_repeats_is_an_error_from_which_the_next_run_resumes(count: int) -> None:
    ratings = Ratings(first=(100, {"nextCursor": "a"}), a=(count, {"nextCursor": "a"}))
    result = read_ratings(ratings)
    assert "same page again" in result.stream_errors["qa_autoqa_ratings"]
    assert len(ratings.requests) == 2
    ratings.pages["a"] = (7, {})
    second = read_ratings(ratings, result.state)
    assert second.errors == []
    emitted = {row["autoqaRatingId"] for each in (result, second) for row in each.records["qa_autoqa_ratings"]}
    assert emitted >= {*(f"-{n}" for n in range(100)), *(f"a-{n}" for n in range(7))}


def test_a_resumed_read_keeps_the_dates_for_which_its_cursor_is_valid() -> None:
    ratings = Ratings(
        first=(100, {"nextCursor": "a"}), a=(100, {"nextCursor": "b"}), b=(100, {"nextCursor": "c"}), c=(3, {})
    )
    killed = read_ratings(ratings).state_after(2)
    page = killed[0]["stream"]["stream_state"]["page"]
    page |= {"fromDate": "2022-03-04T05:06:07Z", "toDate": "2023-04-05T06:07:08Z"}
    ratings.requests.clear()
    assert read_ratings(ratings, killed).errors == []
    assert [sent["cursor"] for sent in ratings.requests] == ["b", "c"]
    assert [(sent["fromDate"], sent["toDate"]) for sent in ratings.requests] == [(page["fromDate"], page["toDate"])] * 2


def test_an_error_of_the_product_is_named() -> None:
    error: Row = {"code": 3, "message": "fromDate is too old", "details": []}
    result = read(lambda _: Reply(400, error))
    assert "fromDate is too old" in result.stream_errors["qa_reviews"]
