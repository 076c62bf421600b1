"""The hosts of an account's help centers, one per brand."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from source_zendesk.errors import ConfigError
from source_zendesk.http.hosts import LOOPBACK, SUBDOMAIN
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped


@dataclass(frozen=True)
class BrandAddress:
    """The URL of a brand's host, and the headers that requests to it need."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def public_url(self) -> str:
        """The URL of the host at Zendesk, also if requests go to another address."""
        return f"https://{self.headers['Host']}" if self.headers else self.url


class BrandHosts:
    """Resolves brand ids to addresses; requests the brands once. Thread-safe.

    A brand's address is its subdomain under zendesk.com, never its host mapping, since requests to it carry the
    credentials. If `base_url` replaces Zendesk, requests go to the brand's own address if that is on this machine, and
    otherwise to `base_url` with the brand's host in the header `Host`.
    https://developer.zendesk.com/api-reference/help_center/help-center-api/introduction/
    """

    def __init__(self, config: Mapping[str, Any], rows: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        self._url, self._is_zendesk = str(config["api_url"]), not config.get("base_url")
        self._subdomain = str(config.get("subdomain") or "").lower()
        self._rows = rows
        self._brands: dict[str, Mapping[str, Any]] | None = None
        self._lock = threading.Lock()

    def help_center_address(self, stream: str) -> BrandAddress | None:
        """The address of the first brand with a help center; None if the configured brand has one, or no brand.

        None as well if the credentials do not allow to list the brands.
        """
        try:
            brands = self._by_id().values()
        except StreamSkipped:
            return None
        with_help_center = [brand for brand in brands if brand.get("has_help_center") is not False]
        configured = [brand for brand in brands if str(brand.get("subdomain")).lower() == self._subdomain]
        if not configured or configured[0] in with_help_center or not with_help_center:
            return None
        return self.address(stream, with_help_center[0].get("id"))

    def address(self, stream: str, brand_id: Any) -> BrandAddress:
        """A brand's address; raises `ParentSkipped` if the brand is gone, `ConfigError` if its subdomain is invalid."""
        brand = self._by_id().get(str(brand_id))
        if brand is None:
            raise ParentSkipped(f"brand {brand_id} no longer exists", is_permission_denied=False)
        subdomain = str(brand.get("subdomain") or "").lower()
        if not SUBDOMAIN.fullmatch(subdomain):
            raise ConfigError(
                f"Stream {stream}: brand {brand_id} has the subdomain {brand.get('subdomain')!r}, which is not valid "
                "under zendesk.com, so the connector sends no request to it; correct the brand in Admin Center."
            )
        return self._zendesk_address(subdomain) if self._is_zendesk else self._emulated_address(subdomain, brand)

    def address_of(self, url: str) -> BrandAddress | None:
        """Where to request an address of the account or of one of its brands; None for an address of another host."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if url.startswith(f"{self._url}/"):
            return BrandAddress(self._url)
        subdomain = host.removesuffix(".zendesk.com")
        if f"{parts.scheme}://{parts.netloc.lower()}" != f"https://{subdomain}.zendesk.com":
            return None
        if subdomain == self._subdomain or self._has_brand(subdomain):
            return self._zendesk_address(subdomain) if self._is_zendesk else BrandAddress(self._url, {"Host": host})
        return None

    def _has_brand(self, subdomain: str) -> bool:
        try:
            return any(str(brand.get("subdomain")).lower() == subdomain for brand in self._by_id().values())
        except StreamSkipped:
            return False

    def _by_id(self) -> Mapping[str, Mapping[str, Any]]:
        with self._lock:
            if self._brands is None:
                self._brands = {str(row.get("id")): row for row in self._rows() if not row.get("is_deleted")}
            return self._brands

    def _zendesk_address(self, subdomain: str) -> BrandAddress:
        return BrandAddress(f"https://{subdomain}.zendesk.com")

    def _emulated_address(self, subdomain: str, brand: Mapping[str, Any]) -> BrandAddress:
        brand_url = urlsplit(str(brand.get("brand_url") or ""))
        if {brand_url.hostname, urlsplit(self._url).hostname} <= set(LOOPBACK) and "@" not in brand_url.netloc:
            return BrandAddress(f"{brand_url.scheme}://{brand_url.netloc}")
        return BrandAddress(self._url, {"Host": f"{subdomain}.zendesk.com"})
