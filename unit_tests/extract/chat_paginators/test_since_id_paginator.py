"""Lists by id request the rows after the last id, until an empty page."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.chat_paginators import SinceIdPaginator

PAGES = SinceIdPaginator("agents", {}, 2)
BY_AGENT = SinceIdPaginator("agent_routing_settings", {}, 2, id_field="agent_id")
QUERY = {"since_id": 0, "limit": 2}


def rows(*ids: int, field: str = "id") -> list[dict[str, Any]]:
    return [{field: number} for number in ids]


def test_the_first_page_has_the_least_ids() -> None:
    assert PAGES.first_query(None) == QUERY


@pytest.mark.parametrize("ids", [(3, 5), (5, 3), (5,)])
def test_the_next_page_starts_after_the_last_id_even_if_a_page_is_not_full(ids: tuple[int, ...]) -> None:
    assert PAGES.next_query(QUERY, {}, rows(*ids)) == {"since_id": 6, "limit": 2}


def test_an_empty_page_is_the_last() -> None:
    assert PAGES.next_query(QUERY, {}, []) is None


def test_rows_can_have_another_id() -> None:
    assert BY_AGENT.next_query(QUERY, {"data": rows(7, field="agent_id")}, rows(7, field="agent_id")) == {
        "since_id": 8,
        "limit": 2,
    }


@pytest.mark.parametrize(
    ("visitors", "addresses", "next_id"),
    [
        # The limit counts the rows of both lists: one of them can have more rows between the last ids.
        ((3,), (5,), 4),
        # It counts those of each list.
        ((3, 9), (4, 5), 6),
        ((3, 9), (), 10),
        ((3, 9), (12,), 10),
        ((), (4, 5), 6),
        # The page is not full.
        ((3,), (), 4),
    ],
)
def test_two_lists_are_followed_from_the_least_last_id_after_a_full_page(
    visitors: tuple[int, ...], addresses: tuple[int, ...], next_id: int
) -> None:
    body = {"visitor": rows(*visitors), "ip_address": rows(*addresses)}
    assert PAGES.next_query(QUERY, body, rows(*visitors, *addresses)) == {"since_id": next_id, "limit": 2}


def test_two_empty_lists_are_the_last_page() -> None:
    assert PAGES.next_query(QUERY, {"visitor": [], "ip_address": []}, []) is None


def test_a_page_without_ids_is_the_last_unless_it_is_full() -> None:
    assert PAGES.next_query(QUERY, {}, [{}]) is None
    with pytest.raises(PaginationError, match=r"agents: .*no `id`"):
        PAGES.next_query(QUERY, {}, [{}, {}])
