"""A guard that blocks requests to other origins than those of the account."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter


class CrossOriginError(requests.RequestException):
    """A request that was not sent, because its address is outside the account's origins."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Zendesk redirects this request to {host}, and the connector sends no secrets to other addresses; check "
            "`subdomain`, or the address of the brand, and any captive portal or firewall on the way"
        )

    @classmethod
    def from_redirect(cls, response: requests.Response) -> "CrossOriginError":
        """The error for the target of a redirect."""
        return cls(_host(response.headers.get("Location", ""), response.url))


class _OriginGuard(BaseAdapter):
    """Sends requests to the account's origins only; raises `CrossOriginError` for others."""

    def __init__(self, account: str, others: Collection[str], adapter: BaseAdapter) -> None:
        super().__init__()
        self._account, self._others, self._adapter = account, others, adapter

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        target = origin(str(request.url))
        if target != self._account and target not in self._others:
            raise CrossOriginError(_host(str(request.url)))
        response = self._adapter.send(request, *args, **options)
        _drop_bad_location(response)
        return response

    def close(self) -> None:
        self._adapter.close()


def restrict_to_origin(
    session: requests.Session, address: str, others: Collection[str] | None = None
) -> requests.Session:
    """The session, with a guard that blocks every other scheme, host, port and user.

    `others` are further origins of the account, such as those of brands; the collection may grow. If it is passed, the
    session follows redirects within the requested origin only, not even to another brand. For other redirects,
    `requests` would resend all headers except `Authorization`, and return public data of another origin. If `others`
    is not passed, the caller disables redirects.
    """
    account = origin(address)
    guard = _OriginGuard(account, () if others is None else others, session.get_adapter(account))
    for prefix in (account, "https://", "http://"):
        session.mount(prefix, guard)
    if others is not None:
        session.hooks["response"].append(_refuse_cross_origin_redirect)
    return session


def _drop_bad_location(response: requests.Response) -> None:
    """Remove an invalid `Location` header: for it, `requests` raises an error that is not a `RequestException`."""
    if "Location" not in response.headers:
        return
    try:
        location = response.headers["Location"].encode("latin-1").decode()
        urlsplit(urljoin(response.url, location)).port  # noqa: B018  # raises if it is not a number
    except ValueError:
        del response.headers["Location"]


def _refuse_cross_origin_redirect(response: requests.Response, **_: Any) -> None:
    if response.is_redirect and origin(urljoin(response.url, response.headers["Location"])) != origin(response.url):
        response.close()
        raise CrossOriginError.from_redirect(response)


def origin(address: str) -> str:
    """Scheme, host and port of an address, and a slash."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _host(address: str, base: str = "") -> str:
    try:
        return urlsplit(urljoin(base, address)).hostname or "nowhere"
    except ValueError:
        return "nowhere"
