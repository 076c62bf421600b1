"""Requests to storage hosts: to public addresses only, without credentials."""

import ipaddress
import threading
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.connectionpool import HTTPConnectionPool

from source_zendesk.http.bounded_response import BoundedAdapter, bound_responses
from source_zendesk.http.hosts import LOOPBACK
from source_zendesk.http.origin_guard import origin
from source_zendesk.http.session import SYNC_TIMEOUTS, freeze_env_settings
from source_zendesk.http.timed_connection import POOLS


class AddressRefusedError(Exception):
    """An address that the connector does not request; the message is the reason."""


def check_public_address(url: str, *, allows_loopback: bool) -> None:
    """Raise `AddressRefusedError` unless an address is https, without a user, and not an address of a private network.

    `allows_loopback` accepts http on this machine.
    """
    try:
        parts = urlsplit(url)
        host, is_valid = parts.hostname or "", parts.port != 0
    except ValueError:
        host, is_valid = "", False
    if not host or not is_valid or parts.username is not None or parts.password is not None:
        raise AddressRefusedError("the address of the file is not valid")
    is_loopback = allows_loopback and host in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        raise AddressRefusedError("the address of the file is not https")
    if not is_loopback and _is_private(host):
        raise AddressRefusedError("the address of the file is in a private network")


def _is_private(host: str) -> bool:
    """Whether a host is an IP address that is not public; False for a name, which is checked when it is resolved."""
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False


class PublicAdapter(BoundedAdapter):
    """Connects to public addresses only, whatever a name resolves to; sends nothing to others.

    Raises `AddressRefusedError` for others. `allows_loopback` allows this machine. A proxy applies its own rules.
    """

    def __init__(self, *, allows_loopback: bool) -> None:
        self._allows_loopback = allows_loopback
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """The pools of connections that check the address after it is resolved."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: _checked_pool(pool, allows_loopback=self._allows_loopback) for scheme, pool in POOLS.items()
        }


def _public_session(address: str, connections: PublicAdapter) -> requests.Session:
    """A session for an address of a storage host, which adds no credentials and no cookies."""
    session = freeze_env_settings(bound_responses(requests.Session(), connections), address)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _checked_pool(pool: type[HTTPConnectionPool], *, allows_loopback: bool) -> type[HTTPConnectionPool]:
    class CheckedConnection(pool.ConnectionCls):  # type: ignore[name-defined,misc]  # urllib3 declares an attribute
        def _new_conn(self) -> Any:
            connected = super()._new_conn()
            address = ipaddress.ip_address(str(connected.getpeername()[0]).partition("%")[0])
            if not address.is_global and not (allows_loopback and address.is_loopback):
                connected.close()
                raise AddressRefusedError("the address of the file is in a private network")
            return connected

    class CheckedPool(pool):  # type: ignore[valid-type,misc]  # the class of the scheme
        ConnectionCls = CheckedConnection

    return CheckedPool


class PublicClient:
    """Requests files of storage hosts: https to public addresses only, without credentials and cookies. Thread-safe.

    If the address of the account is on this machine, that of its storage may be, too, with http.
    """

    def __init__(self, account_url: str) -> None:
        self._allows_loopback = urlsplit(account_url).hostname in LOOPBACK
        self._connections = PublicAdapter(allows_loopback=self._allows_loopback)
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()

    def get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The response, with a body that is not read; redirects are not followed.

        Raises `AddressRefusedError` for an address that is not requested, and the errors of `requests`.
        """
        try:
            return self._session(url).get(
                url, headers=dict(headers), stream=True, allow_redirects=False, timeout=SYNC_TIMEOUTS.timeout
            )
        except ValueError as error:  # of `requests`, for an invalid address or redirect
            raise AddressRefusedError("the address of the file is not valid") from error

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """The response to a request with its own headers alone, with a body that is not read; see `get`.

        Raises `AddressRefusedError` for an address that is not requested, and the errors of `requests`.
        """
        return self._session(str(request.url)).send(
            request, stream=True, allow_redirects=False, timeout=SYNC_TIMEOUTS.timeout
        )

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _session(self, url: str) -> requests.Session:
        check_public_address(url, allows_loopback=self._allows_loopback)
        address = origin(url)
        with self._lock:
            session = self._sessions.get(address)
            if session is None:
                session = self._sessions[address] = _public_session(address, self._connections)
            return session
