"""HTTP sessions: timeouts, proxies, certificates, and a guard that blocks requests to other origins."""

import os
import ssl
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter

from source_zendesk.errors import ConfigError
from source_zendesk.http.bounded_response import BoundedAdapter, bound_responses
from source_zendesk.http.shortened_paths import ShortenedPaths


class Timeouts(NamedTuple):
    """Seconds to connect, to wait for a response, and to retry in total.

    If `retries_connecting` is set, failed name resolution and refused connections are retried too.
    """

    connect: float
    read: float
    total: float
    retries_connecting: bool = True

    @property
    def timeout(self) -> tuple[float, float]:
        """The value for the argument `timeout` of `requests`."""
        return self.connect, self.read


SYNC_TIMEOUTS = Timeouts(30, 120, 300)
# For `check`, where a user waits for the result: a token and two more requests.
CHECK_TIMEOUTS = Timeouts(4, 10, 12, retries_connecting=False)
# For the token requests of further streams after one stream has used up `SYNC_TIMEOUTS`.
SHORT_TIMEOUTS = Timeouts(4, 10, 1)


CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def check_certificates() -> None:
    """Raise `ConfigError` if an environment variable names a file that is missing or has no certificate."""
    variable = next((name for name in CERTIFICATES if os.environ.get(name)), None)
    if not variable:
        return
    path, problem = os.environ[variable], ""
    if not Path(path).exists():
        problem = "does not exist; name a file of certificates that does"
    elif not _holds_certificates(Path(path)):
        problem = "holds no certificate that can be read; name a file of certificates in PEM format"
    if problem:
        raise ConfigError(f"The environment variable {variable} names {path!r}, which {problem}, or unset it.")


def _holds_certificates(path: Path) -> bool:
    try:
        if path.is_dir():
            return any(path.iterdir())
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:
        return False
    return True


def freeze_env_settings(session: requests.Session, address: str) -> requests.Session:
    """The session with the environment's proxies and certificates for an address.

    They are looked up once. By default `requests` looks them up for each request, which costs a tenth of the time of a
    small page.
    """
    settings = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = settings["proxies"], settings["verify"]
    session.trust_env = False
    return session


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


def data_headers(config: Mapping[str, Any]) -> dict[str, str]:
    """The headers of requests for data, without the signature; `on_behalf_of` is the user for whom they are sent."""
    user = config.get("on_behalf_of")
    on_behalf_of = {"X-On-Behalf-Of": str(user)} if user else {}
    return {"Accept": "application/json", **on_behalf_of, **config.get("headers", {})}


def credentials_field(config: Mapping[str, Any]) -> str:
    """The field of the configuration with the credentials of requests: a product may have a field of its own."""
    return str(config.get("credentials_field", "credentials"))


def account_session(
    address: str,
    others: Collection[str] | None = None,
    session: requests.Session | None = None,
    connections: BoundedAdapter | None = None,
    left_out: str = "",
) -> requests.Session:
    """A new or the passed session, for the account at an address: it bounds responses and blocks other origins.

    Proxies and certificates come from the environment at the time of the call. `~/.netrc` is not read, because
    `requests` would replace the configured credentials with it. `others` are as in `restrict_to_origin`. `connections`
    are those that it shares with other sessions. `left_out` is the part of paths that this address does not have.
    """
    session = session if session is not None else requests.Session()
    restrict_to_origin(freeze_env_settings(bound_responses(session, connections), address), address, others)
    if left_out:
        session.mount(origin(address), ShortenedPaths(left_out, session.get_adapter(origin(address))))
    return session
