"""HTTP sessions of the account: timeouts, headers, and settings of the environment."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import requests

from source_zendesk.http.bounded_response import BoundedAdapter, bound_responses
from source_zendesk.http.origin_guard import origin, restrict_to_origin
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


def freeze_env_settings(session: requests.Session, address: str) -> requests.Session:
    """The session with the environment's proxies and certificates for an address.

    They are looked up once. By default `requests` looks them up for each request, which costs a tenth of the time of a
    small page.
    """
    settings = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = settings["proxies"], settings["verify"]
    session.trust_env = False
    return session


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
