"""Lists of Sunshine Conversations are read forwards, messages backwards."""

from typing import Any

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.messaging_paginators import MessagePaginator, MessagingPaginator

PAGES = MessagingPaginator("messaging_clients", {}, 100)
MESSAGES = MessagePaginator("messaging_messages", {})
LINK = "https://api.smooch.io/v2/apps/a/clients?page%5B{}%5D=c7"


def test_a_list_starts_with_a_size_and_messages_without() -> None:
    assert PAGES.first_query(None) == {"page[size]": 100}
    assert MESSAGES.first_query(None) == {}


@pytest.mark.parametrize(
    "body",
    [
        {"meta": {"hasMore": True, "afterCursor": "c7"}, "links": {}},
        {"meta": {"hasMore": True}, "links": {"next": LINK.format("after")}},
        {"links": {"next": LINK.format("after")}},
    ],
)
def test_a_list_is_followed_forwards(body: dict[str, Any]) -> None:
    assert PAGES.next_query({}, body, []) == {"page[after]": "c7", "page[size]": 100}


@pytest.mark.parametrize(
    "body",
    [
        {"meta": {"hasMore": True, "beforeCursor": "c7", "afterCursor": "c9"}},
        {"links": {"prev": LINK.format("before"), "next": LINK.format("after")}},
    ],
)
def test_messages_are_followed_backwards(body: dict[str, Any]) -> None:
    assert MESSAGES.next_query({}, body, []) == {"page[before]": "c7"}


@pytest.mark.parametrize("paginator", [PAGES, MESSAGES])
@pytest.mark.parametrize(
    "body", [{}, {"meta": {}}, {"meta": {"hasMore": False, "afterCursor": "c7", "beforeCursor": "c7"}}]
)
def test_the_last_page(paginator: MessagingPaginator, body: dict[str, Any]) -> None:
    assert paginator.next_query({}, body, []) is None


def test_a_link_to_newer_messages_is_not_followed() -> None:
    assert MESSAGES.next_query({}, {"meta": {}, "links": {"next": LINK.format("after")}}, []) is None


@pytest.mark.parametrize("paginator", [PAGES, MESSAGES])
def test_more_pages_without_a_cursor_are_an_error(paginator: MessagingPaginator) -> None:
    with pytest.raises(PaginationError, match="no cursor"):
        paginator.next_query({}, {"meta": {"hasMore": True}}, [])
