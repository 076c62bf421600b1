"""Requests go to the account's own address and to no other, whatever an answer says."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter


class ElsewhereError(requests.RequestException):
    """A request that was not sent, since it would have left the account."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Zendesk sends this request on to {host}, where the account's secrets do not go; check `subdomain`, "
            "or the address of the brand"
        )

    @classmethod
    def of(cls, response: requests.Response) -> "ElsewhereError":
        """What a redirection would lead to."""
        return cls(_host(response.headers.get("Location", ""), response.url))


class _AccountOnly(BaseAdapter):
    """Sends requests to the account's origins; raises `ElsewhereError` for any other."""

    def __init__(self, account: str, others: Collection[str], adapter: BaseAdapter) -> None:
        super().__init__()
        self._account, self._others, self._adapter = account, others, adapter

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        target = origin(str(request.url))
        if target != self._account and target not in self._others:
            raise ElsewhereError(_host(str(request.url)))
        response = self._adapter.send(request, *args, **options)
        _drop_bad_location(response)
        return response

    def close(self) -> None:
        self._adapter.close()


def kept_to_account(session: requests.Session, address: str, others: Collection[str] | None = None) -> requests.Session:
    """The session, which from now on refuses any address of another scheme, host, port or user.

    `others` are further origins of the account, such as its brands', and may grow. If they are given, a redirection is
    followed within the origin that was asked and to no other, be it another brand's: `requests` would take every other
    header than `Authorization` along, and bring back what is public there in the place of what was asked for. If not,
    redirections are left to the caller, who is not to follow them.
    """
    account = origin(address)
    guard = _AccountOnly(account, () if others is None else others, session.get_adapter(account))
    for prefix in (account, "https://", "http://"):
        session.mount(prefix, guard)
    if others is not None:
        session.hooks["response"].append(_kept_to_origin)
    return session


def _drop_bad_location(response: requests.Response) -> None:
    """Take the header off a response if it holds no address: `requests` raises what is none of its errors for it."""
    try:
        location = response.headers.get("Location", "").encode("latin-1").decode()
        urlsplit(urljoin(response.url, location)).port  # noqa: B018  # raises where it is no number
    except ValueError:
        del response.headers["Location"]


def _kept_to_origin(response: requests.Response, **_: Any) -> None:
    if response.is_redirect and origin(urljoin(response.url, response.headers["Location"])) != origin(response.url):
        raise ElsewhereError.of(response)


def origin(address: str) -> str:
    """Scheme, host and port of an address, and a slash."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _host(address: str, base: str = "") -> str:
    try:
        return urlsplit(urljoin(base, address)).hostname or "nowhere"
    except ValueError:
        return "nowhere"
