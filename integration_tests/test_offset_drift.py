"""Rows that move past a page boundary during the read of an offset list are emitted."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.harness import Result, State, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

BEGIN = epoch_of("2026-01-01T00:00:00Z")
SIZE = 100


class Views:
    """Serves a list in pages of a hundred; `after` maps a number of responses to a change of the rows."""

    def __init__(
        self, rows: int, *, counts: bool = True, after: dict[int, Callable[[Views], None]] | None = None
    ) -> None:
        self.rows = [view(number) for number in range(1, rows + 1)]
        self.counts, self.after = counts, after or {}
        self.requested_pages: list[int] = []

    def __call__(self, arrived: RecordedRequest) -> Reply:
        number = int(arrived.query.get("page", 1))
        self.requested_pages.append(number)
        part = self.rows[(number - 1) * SIZE : number * SIZE]
        has_more = number * SIZE < len(self.rows)
        link = f"https://acme.zendesk.com{arrived.path}?page={number + 1}&per_page={SIZE}"
        body: dict[str, Any] = {"views": list(part), "next_page": link if has_more else None}
        if self.counts:
            body["count"] = len(self.rows)
        if then := self.after.get(len(self.requested_pages)):
            then(self)
        return Reply(body=body, headers={"Date": formatdate(BEGIN + len(self.requested_pages), usegmt=True)})

    @property
    def ids(self) -> list[int]:
        return sorted(row["id"] for row in self.rows)

    def delete(self, place: int = 0) -> None:
        del self.rows[place]

    def insert(self, place: int, number: int = 9000, created: int = BEGIN + 1) -> None:
        self.rows.insert(place, view(number, created))

    def move(self, place: int, to: int) -> None:
        self.rows.insert(to, self.rows.pop(place))


def view(number: int, created: int = BEGIN - 86400) -> dict[str, Any]:
    return {"id": number, "title": f"View {number}", "created_at": iso(created), "updated_at": iso(created)}


def read(views: Views, stream: str = "active_views", state: State | None = None) -> Result:
    with RecordingServer(views) as recorder:
        return sync(recorder.config(), [stream], state)


def shrink(views: Views) -> None:
    del views.rows[:70]


def swap(views: Views) -> None:
    views.delete()
    views.insert(len(views.rows))


def swap_old(views: Views) -> None:
    """Delete a view and insert an old one, such as a reactivated view."""
    views.delete()
    views.rows.append({**view(9000, BEGIN - 99_999), "updated_at": iso(BEGIN + 1)})


MOVES: dict[str, Callable[[Views], None]] = {
    "one is deleted": Views.delete,
    "many are deleted": shrink,
    "one is deleted and one comes": swap,
    "one is deleted and an old one comes back": swap_old,
    "one is moved to the end": lambda views: views.move(0, len(views.rows)),
    "one is moved to the beginning": lambda views: views.move(150, 0),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("stream", ["active_views", "views"])
def test_a_row_that_moves_past_a_page_boundary_is_emitted(
    move: Callable[[Views], None], stream: str, *, counts: bool
) -> None:
    """`views` uses cursor pages, but the server supports only offset pages."""
    views = Views(250, counts=counts, after={1: move})
    result = read(views, stream)
    assert not result.errors
    assert not result.warnings
    ids = [row["id"] for row in result.records[stream]]
    assert set(views.ids) <= set(ids)
    assert len(ids) == len(set(ids))


def test_an_unchanged_list_is_read_once() -> None:
    views = Views(250)
    assert sorted(row["id"] for row in read(views).records["active_views"]) == views.ids
    assert views.requested_pages == [1, 2, 3]


def test_a_list_without_count_is_read_until_two_passes_agree() -> None:
    views = Views(250, counts=False)
    assert sorted(row["id"] for row in read(views).records["active_views"]) == views.ids
    assert views.requested_pages == [1, 2, 3, 1, 2, 3]


def test_a_list_without_row_times_is_read_until_two_passes_agree() -> None:
    def swap_timeless(views: Views) -> None:
        views.delete()
        views.rows.append({"id": 9000})

    views = Views(250, after={1: swap_timeless})
    views.rows = [{"id": row["id"]} for row in views.rows]
    assert set(views.ids) <= {row["id"] for row in read(views).records["active_views"]}


@pytest.mark.parametrize("counts", [True, False])
def test_a_list_of_one_page_is_one_request(*, counts: bool) -> None:
    views = Views(100, counts=counts)
    assert len(read(views).records["active_views"]) == 100
    assert views.requested_pages == [1]


def test_a_row_changed_between_two_passes_is_emitted_with_its_change() -> None:
    def change(views: Views) -> None:
        views.delete()
        views.rows[0] = {**views.rows[0], "title": "Renamed"}

    result = read(Views(250, after={1: change}))
    assert [row["title"] for row in result.records["active_views"] if row["id"] == 2] == ["View 2", "Renamed"]


def test_a_list_that_always_changes_ends_with_a_warning() -> None:
    views = Views(250, after=dict.fromkeys(range(100), Views.delete))
    result = read(views)
    assert not result.errors
    assert len(views.requested_pages) == 9
    assert any("active_views" in warning and "may be missing" in warning for warning in result.warnings)
    assert {row["id"] for row in result.records["active_views"]} >= set(views.ids)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("deleted", [0, 1])
def test_rows_that_move_between_two_runs_are_emitted(deleted: int, *, counts: bool) -> None:
    first = read(Views(250, counts=counts))
    views = Views(250, counts=counts)
    for _ in range(deleted):
        views.delete()
    second = read(views, state=first.state_after(1))
    assert not second.errors
    ids = {row["id"] for row in second.records["active_views"]}
    assert ids >= set(views.ids if deleted or not counts else range(101, 251))
    assert views.requested_pages[0] == 2


def test_a_partial_state_of_a_list_without_count_restarts_the_list() -> None:
    (state,) = read(Views(250)).state_after(1)
    del state["stream"]["stream_state"]["count"]
    views = Views(250)
    assert len(read(views, state=[state]).records["active_views"]) == 250
    assert views.requested_pages == [1, 2, 3]


def test_streams_that_share_a_drifting_list_each_emit_every_row() -> None:
    views = Views(250, after={1: Views.delete})

    def respond(arrived: RecordedRequest) -> Reply:
        return views(arrived) if arrived.path.endswith("/views") else Reply(body={"view": view(1)})

    with RecordingServer(respond) as recorder:
        result = sync(recorder.config(), ["views", "show_view"])
    assert not result.errors
    assert {row["id"] for row in result.records["views"]} >= set(views.ids)
    shown = {int(one.path.rpartition("/")[2]) for one in recorder.requests if not one.path.endswith("/views")}
    assert shown >= set(views.ids)
