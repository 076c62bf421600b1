"""Requests go to the account's own address and to no other, whatever an answer says."""

from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter


class ElsewhereError(requests.RequestException):
    """A request that was not sent, since it would have left the account."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Zendesk sends this request on to {host}, where the account's secrets do not go; check `subdomain`"
        )

    @classmethod
    def of(cls, response: requests.Response) -> "ElsewhereError":
        """What a redirection would lead to."""
        return cls(_host(urljoin(response.url, response.headers.get("Location", ""))))


class _Elsewhere(BaseAdapter):
    """Stands for all addresses but the account's."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> NoReturn:
        raise ElsewhereError(_host(str(request.url)))

    def close(self) -> None:
        """Nothing was opened."""


def kept_to_account(session: requests.Session, address: str) -> requests.Session:
    """The session, which from now on refuses any address of another scheme, host, port or user.

    A redirection within the account is followed; `requests` would take every other header than `Authorization` along
    to another host, and bring its answer back.
    """
    parts = urlsplit(address)
    account = f"{parts.scheme}://{parts.netloc}/"
    session.mount(account, session.get_adapter(account))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Elsewhere())
    return session


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "nowhere"
    except ValueError:
        return "nowhere"
