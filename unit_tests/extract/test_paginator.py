"""Page sizes may be interpolations of the config, and only the query of a link is used."""

from typing import Any

import pytest

from source_zendesk.extract.list_paginators import SinglePagePaginator
from source_zendesk.extract.paginator import parse_link


@pytest.mark.parametrize(("given", "largest"), [(100, 100), ("{{ config['export_page_size'] }}", 7), (None, None)])
def test_page_size_may_be_an_interpolation(given: Any, largest: int | None) -> None:
    pages = SinglePagePaginator("groups", {"export_page_size": 7}, given)
    assert pages.max_page_size == largest
    assert pages.first_query(None) == ({"per_page": largest} if largest else {})


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("https://elsewhere.example/api?page=2&per_page=100", {"page": "2", "per_page": "100"}),
        ("https://acme/x?page%5Bafter%5D=b%3D%3D", {"page[after]": "b=="}),
        ("https://acme/x?role[]=agent&role[]=admin", {"role[]": ["agent", "admin"]}),
        ("https://acme/x?query=", {"query": ""}),
        ("https://acme/x", {}),
        ("", {}),
    ],
)
def test_link_query_excludes_the_host(link: str, query: dict[str, Any]) -> None:
    assert parse_link(link) == query
