"""A single page has no next page."""

from source_zendesk.extract.list_paginators import SinglePagePaginator


def test_links_are_not_followed() -> None:
    pages = SinglePagePaginator("settings", {})
    assert pages.first_query(None) == {}
    body = {"next_page": "https://acme/api/v2/x?page=2", "meta": {"has_more": True, "after_cursor": "abc"}}
    assert pages.next_query({}, body, [{}]) is None
