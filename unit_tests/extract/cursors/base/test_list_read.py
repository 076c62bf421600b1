"""A list whose cursor expires restarts at its first page, a limited number of times."""

from typing import Any

import pytest

from source_zendesk.extract.cursors.base import MAX_RESTARTS, IncrementalRead
from source_zendesk.extract.cursors.list_cursor import ListCursor
from source_zendesk.extract.list_paginators import CursorPaginator

FIRST = {"page[size]": 100}


def at(page: dict[str, Any]) -> IncrementalRead:
    return ListCursor({}).open({"page": page}, CursorPaginator("groups", {}, 100), ["id"])


@pytest.mark.parametrize("name", ["page[after]", "page[before]", "cursor"])
def test_refused_cursor_is_retried_once_before_the_list_restarts(name: str) -> None:
    progress = at({name: "abc"})
    assert progress.recover_expired_cursor()
    assert (progress.query, progress.restarts) == ({name: "abc"}, 0)
    assert progress.recover_expired_cursor()
    assert (progress.query, progress.restarts) == (FIRST, 1)


@pytest.mark.parametrize("page", [FIRST, {"page": 2, "per_page": 100}])
def test_page_without_a_cursor_cannot_restart(page: dict[str, Any]) -> None:
    assert not at(page).recover_expired_cursor()


def test_list_whose_cursors_keep_expiring_is_given_up() -> None:
    progress = at(FIRST)
    tried = 0
    progress.query = {"cursor": tried}
    while progress.recover_expired_cursor():
        tried += 1
        progress.query = {"cursor": tried // 2}
    assert progress.restarts == MAX_RESTARTS
