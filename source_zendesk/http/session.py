"""HTTP sessions: timeouts, proxies and certificates, and the guard that keeps requests on the account's hosts."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter

from source_zendesk.errors import ConfigError
from source_zendesk.http.bounded_response import bounded


class Timeouts(NamedTuple):
    """Seconds to connect, to wait for an answer, and to try again and again.

    `retries_connecting` says whether a name that cannot be resolved or a connection that is refused is tried again too.
    """

    connect: float
    read: float
    total: float
    retries_connecting: bool = True

    @property
    def timeout(self) -> tuple[float, float]:
        """What `requests` takes."""
        return self.connect, self.read


SYNC_TIMEOUTS = Timeouts(30, 120, 300)
# For `check`, which somebody looks on at, and which asks for two things after the token.
CHECK_TIMEOUTS = Timeouts(4, 10, 12, retries_connecting=False)
# For the other streams of a sync when one has tried for long.
SHORT_TIMEOUTS = Timeouts(4, 10, 1)


CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def check_certificates() -> None:
    """Raise `ConfigError` for certificates that the environment names and that are not there."""
    variable = next((name for name in CERTIFICATES if os.environ.get(name)), None)
    if variable and not Path(os.environ[variable]).exists():
        raise ConfigError(
            f"The environment variable {variable} names {os.environ[variable]!r}, which does not exist; name a file of "
            "certificates that does, or unset it."
        )


def freeze_env_settings(session: requests.Session, address: str) -> requests.Session:
    """The session with the proxies and certificates that the environment names for an address.

    They are looked up once; `requests` by itself does so for each request, for a tenth of what a small page takes.
    """
    found = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False
    return session


class CrossOriginError(requests.RequestException):
    """A request that was not sent, since it would have left the account."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Zendesk sends this request on to {host}, where the account's secrets do not go; check `subdomain`, "
            "or the address of the brand"
        )

    @classmethod
    def from_redirect(cls, response: requests.Response) -> "CrossOriginError":
        """What a redirection would lead to."""
        return cls(_host(response.headers.get("Location", ""), response.url))


class _OriginGuard(BaseAdapter):
    """Sends requests to the account's origins; raises `CrossOriginError` for any other."""

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
    """The session, which from now on refuses any address of another scheme, host, port or user.

    `others` are further origins of the account, such as its brands', and may grow. If they are given, a redirection is
    followed within the origin that was asked and to no other, be it another brand's: `requests` would take every other
    header than `Authorization` along, and bring back what is public there in the place of what was asked for. If not,
    redirections are left to the caller, who is not to follow them.
    """
    account = origin(address)
    guard = _OriginGuard(account, () if others is None else others, session.get_adapter(account))
    for prefix in (account, "https://", "http://"):
        session.mount(prefix, guard)
    if others is not None:
        session.hooks["response"].append(_refuse_cross_origin_redirect)
    return session


def _drop_bad_location(response: requests.Response) -> None:
    """Take the header off a response if it holds no address: `requests` raises what is none of its errors for it."""
    try:
        location = response.headers.get("Location", "").encode("latin-1").decode()
        urlsplit(urljoin(response.url, location)).port  # noqa: B018  # raises where it is no number
    except ValueError:
        del response.headers["Location"]


def _refuse_cross_origin_redirect(response: requests.Response, **_: Any) -> None:
    if response.is_redirect and origin(urljoin(response.url, response.headers["Location"])) != origin(response.url):
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


def account_session(
    address: str, others: Collection[str] | None = None, session: requests.Session | None = None
) -> requests.Session:
    """A session, or the given one, for the account at an address: responses are bounded, other origins are refused.

    Proxies and certificates are those of the environment at this moment. `~/.netrc` is not read: `requests` would
    replace the configured credentials by its own. `others` are as in `kept_to_account`.
    """
    made = session if session is not None else requests.Session()
    return restrict_to_origin(freeze_env_settings(bounded(made), address), address, others)
