"""A brand's address is its subdomain under zendesk.com, and is allowed before it is used."""

from collections.abc import Iterable
from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.extract.brands import BrandAddress, BrandHosts
from source_zendesk.http.refusals import ParentSkipped

CONFIG = {"api_url": "https://acme.zendesk.com"}
ROWS = [
    {"id": 1, "subdomain": "acme-eu", "brand_url": "http://127.0.0.1:1"},
    {"id": 2, "subdomain": "evil.example/x?"},
    {"id": 3, "subdomain": "x" * 64},
]


def test_host_is_the_subdomain_and_not_the_host_mapping() -> None:
    allowed: list[str] = []
    assert BrandHosts(CONFIG, lambda: ROWS, allowed.append).address("articles", 1) == BrandAddress(
        "https://acme-eu.zendesk.com"
    )
    assert allowed == ["https://acme-eu.zendesk.com/"]


@pytest.mark.parametrize("brand_id", [2, "3"])
def test_invalid_subdomain_is_refused_before_anything_is_allowed(brand_id: Any) -> None:
    allowed: list[str] = []
    with pytest.raises(ConfigError, match=f"Stream articles: brand {brand_id} has the subdomain"):
        BrandHosts(CONFIG, lambda: ROWS, allowed.append).address("articles", brand_id)
    assert allowed == []


def test_deleted_brand_is_skipped() -> None:
    with pytest.raises(ParentSkipped, match="brand 9 no longer exists"):
        BrandHosts(CONFIG, lambda: ROWS, lambda _: None).address("articles", 9)


def test_brands_are_requested_once() -> None:
    requests = []

    def rows() -> Iterable[dict[str, Any]]:
        requests.append(1)
        return ROWS

    brands = BrandHosts(CONFIG, rows, lambda _: None)
    assert brands.address("articles", 1) == brands.address("posts", 1)
    assert requests == [1]
