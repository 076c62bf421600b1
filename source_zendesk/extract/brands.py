"""The help centers of an account, each at its brand's host."""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from source_zendesk.errors import ConfigError
from source_zendesk.http.refusals import ParentSkipped
from source_zendesk.http.session import origin

SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class BrandAddress:
    """Where a request goes, and the headers that this takes."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


class BrandHosts:
    """The addresses of the account's brands, by their ids; the account is asked for them once. Safe for threads.

    A brand's address is its subdomain under zendesk.com, never the host that it is mapped to. Each is told to `allow`
    before it is used, since a credential goes there. A server that stands in for Zendesk (`base_url`) is asked itself:
    at the brand's own address where that is on this machine, or else with the brand's host in the header `Host`.
    https://developer.zendesk.com/api-reference/help_center/help-center-api/introduction/
    """

    def __init__(
        self, config: Mapping[str, Any], rows: Callable[[], Iterable[Mapping[str, Any]]], allow: Callable[[str], None]
    ) -> None:
        self._url, self._is_zendesk = str(config["api_url"]), not config.get("base_url")
        self._rows, self._allow = rows, allow
        self._known: dict[str, Mapping[str, Any]] | None = None
        self._lock = threading.Lock()

    def address(self, stream: str, brand_id: Any) -> BrandAddress:
        """Where a brand answers; raises `ParentSkipped` where it is gone, `ConfigError` where its host is none."""
        with self._lock:
            if self._known is None:
                self._known = {str(row.get("id")): row for row in self._rows()}
            brand = self._known.get(str(brand_id))
        if brand is None:
            raise ParentSkipped(f"brand {brand_id} is gone", is_permission_denied=False)
        subdomain = str(brand.get("subdomain") or "").lower()
        if not SUBDOMAIN.fullmatch(subdomain):
            raise ConfigError(
                f"Stream {stream}: brand {brand_id} has the subdomain {brand.get('subdomain')!r}, which is no address "
                "under zendesk.com, so nothing is sent to it; correct the brand in Admin Center."
            )
        found = self._brand_address(subdomain) if self._is_zendesk else self._emulated_address(subdomain, brand)
        self._allow(origin(found.url))
        return found

    def _brand_address(self, subdomain: str) -> BrandAddress:
        return BrandAddress(f"https://{subdomain}.zendesk.com")

    def _emulated_address(self, subdomain: str, brand: Mapping[str, Any]) -> BrandAddress:
        told = urlsplit(str(brand.get("brand_url") or ""))
        if {told.hostname, urlsplit(self._url).hostname} <= set(LOOPBACK) and "@" not in told.netloc:
            return BrandAddress(f"{told.scheme}://{told.netloc}")
        return BrandAddress(self._url, {"Host": f"{subdomain}.zendesk.com"})
