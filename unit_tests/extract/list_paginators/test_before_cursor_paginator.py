"""Pages from the newest row to the oldest end if there are no older ones."""

from source_zendesk.extract.list_paginators import BeforeCursorPaginator

PAGES = BeforeCursorPaginator("ticket_audits", {})


def test_older_page_is_followed_and_never_the_newer() -> None:
    body = {"before_url": "https://acme/?cursor=old", "after_url": "https://acme/?cursor=new"}
    assert PAGES.next_query({}, body, []) == {"cursor": "old"}


def test_null_before_url_is_the_end() -> None:
    assert PAGES.next_query({}, {"before_url": None, "after_url": "https://acme/?cursor=new"}, []) is None


def test_cursor_shape_is_followed() -> None:
    assert PAGES.next_query({}, {"meta": {"has_more": True, "after_cursor": "a"}}, []) == {"page[after]": "a"}


def test_page_after_a_reduced_one_has_the_full_size() -> None:
    body = {"before_url": "https://acme/api/v2/ticket_audits?cursor=abc&limit=125"}
    assert PAGES.next_query({"limit": 125}, body, []) == {"cursor": "abc"}
