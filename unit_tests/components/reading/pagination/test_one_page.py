"""One answer is all there is."""

from source_zendesk.components.reading.pagination.one_page import OnePage


def test_one_page_is_all_of_one_page_whatever_it_links_to() -> None:
    pages = OnePage("settings", {})
    assert pages.first(None) == {}
    body = {"next_page": "https://acme/api/v2/x?page=2", "meta": {"has_more": True, "after_cursor": "abc"}}
    assert pages.following({}, body, [{}]) is None
