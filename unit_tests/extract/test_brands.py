"""A brand's address is its subdomain under zendesk.com."""

from collections.abc import Iterable
from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.extract.brands import BrandAddress, BrandHosts
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped

CONFIG = {"api_url": "https://acme.zendesk.com"}
ROWS = [
    {"id": 1, "subdomain": "acme-eu", "brand_url": "http://127.0.0.1:1"},
    {"id": 2, "subdomain": "evil.example/x?"},
    {"id": 3, "subdomain": "x" * 64},
]


def test_host_is_the_subdomain_and_not_the_host_mapping() -> None:
    assert BrandHosts(CONFIG, lambda: ROWS).address("articles", 1) == BrandAddress("https://acme-eu.zendesk.com")


@pytest.mark.parametrize("brand_id", [2, "3"])
def test_invalid_subdomain_is_refused(brand_id: Any) -> None:
    with pytest.raises(ConfigError, match=f"Stream articles: brand {brand_id} has the subdomain"):
        BrandHosts(CONFIG, lambda: ROWS).address("articles", brand_id)


def test_deleted_brand_is_skipped() -> None:
    with pytest.raises(ParentSkipped, match="brand 9 no longer exists"):
        BrandHosts(CONFIG, lambda: ROWS).address("articles", 9)


def test_brands_are_requested_once() -> None:
    requests = []

    def rows() -> Iterable[dict[str, Any]]:
        requests.append(1)
        return ROWS

    brands = BrandHosts(CONFIG, rows)
    assert brands.address("articles", 1) == brands.address("posts", 1)
    assert requests == [1]


MAIN = {"id": 1, "subdomain": "acme", "has_help_center": False}
OTHER = {"id": 2, "subdomain": "acme-eu", "has_help_center": True}
DELETED = {"id": 3, "subdomain": "acme-old", "has_help_center": True, "is_deleted": True}


@pytest.mark.parametrize(
    ("rows", "url"),
    [
        ([MAIN, DELETED, OTHER], "https://acme-eu.zendesk.com"),
        ([MAIN | {"has_help_center": True}, OTHER], None),
        ([MAIN | {"has_help_center": None}, OTHER], None),
        ([MAIN, DELETED], None),
        ([OTHER], None),
    ],
)
def test_another_help_center_is_used_only_if_the_configured_brand_has_none(rows: list[Any], url: str | None) -> None:
    address = BrandHosts({**CONFIG, "subdomain": "acme"}, lambda: rows).help_center_address("user_segments")
    assert (address.url if address else None) == url


def test_without_a_list_of_brands_the_configured_host_is_used() -> None:
    def refused() -> Iterable[dict[str, Any]]:
        raise StreamSkipped("403")

    assert BrandHosts({**CONFIG, "subdomain": "acme"}, refused).help_center_address("user_segments") is None
