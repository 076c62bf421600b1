"""One answer is all there is."""

from source_zendesk.extract.paginators import SinglePagePaginator


def test_one_page_is_all_of_one_page_whatever_it_links_to() -> None:
    pages = SinglePagePaginator("settings", {})
    assert pages.first_query(None) == {}
    body = {"next_page": "https://acme/api/v2/x?page=2", "meta": {"has_more": True, "after_cursor": "abc"}}
    assert pages.next_query({}, body, [{}]) is None
