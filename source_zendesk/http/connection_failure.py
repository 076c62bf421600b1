"""Causes of failed connections, with a remedy for each."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import requests

from source_zendesk.http.bounded_response import ResponseTooLargeError, ResponseTooSlowError


class ConnectionFailure(NamedTuple):
    """A cause and a remedy, as parts of a sentence."""

    cause: str
    remedy: str

    def message_for(self, address: str) -> str:
        """Both, for who asked at this address."""
        return f"Nothing answers at {address}: {self.cause}; {self.remedy}."


DNS = ConnectionFailure(
    "its name cannot be resolved (DNS)", "check `subdomain`, and that this machine has a network and a name server"
)
REFUSED = ConnectionFailure("the connection is refused", "check `subdomain`, and the firewall or proxy on the way")
UNREACHABLE = ConnectionFailure("the network is unreachable", "check `subdomain`, and this machine's network")
DROPPED = ConnectionFailure(
    "the connection was dropped", "check `subdomain`, the network and any proxy on the way; try again"
)
TLS = ConnectionFailure(
    "the secure connection fails (TLS)",
    "check this machine's clock and certificates; behind a proxy that opens connections, set REQUESTS_CA_BUNDLE",
)
PROXY = ConnectionFailure("the proxy does not let it through", "check HTTPS_PROXY and NO_PROXY")
PROXY_SIGN_IN = ConnectionFailure(
    "the proxy on the way asks for a user and a password (407)",
    "put them into HTTPS_PROXY, as in http://user:password@proxy:8080, or the account's host into NO_PROXY",
)
CONNECT_TIMEOUT = ConnectionFailure(
    "no connection came about in time (timeout)", "check the firewall or proxy on the way, and `subdomain`"
)
READ_TIMEOUT = ConnectionFailure("it took the request and said nothing in time (timeout)", "try again")
TOO_SLOW = ConnectionFailure(
    "its answer did not end in time (timeout)", "check the network and any proxy on the way; try again"
)
TOO_LARGE = ConnectionFailure(
    "its answer is larger than any of Zendesk's", "check `subdomain`, and the firewall or proxy on the way"
)
# How http.client words the refusal of a proxy to open a tunnel.
PROXY_REFUSAL = re.compile(r"Tunnel connection failed: 407\b")
BY_ERRNO = {errno.ENETUNREACH: UNREACHABLE, errno.EHOSTUNREACH: UNREACHABLE, errno.ECONNREFUSED: REFUSED}
BY_TYPE: tuple[tuple[type[BaseException], ConnectionFailure], ...] = (
    (requests.exceptions.ProxyError, PROXY),
    (requests.exceptions.SSLError, TLS),
    (ssl.SSLError, TLS),
    (socket.gaierror, DNS),
    (ConnectionRefusedError, REFUSED),
    (requests.exceptions.ConnectTimeout, CONNECT_TIMEOUT),
    (ResponseTooLargeError, TOO_LARGE),
    (ResponseTooSlowError, TOO_SLOW),
    (requests.exceptions.Timeout, READ_TIMEOUT),
    (ConnectionError, DROPPED),
    (requests.exceptions.ChunkedEncodingError, DROPPED),
    (requests.exceptions.ContentDecodingError, DROPPED),
)


def classify_failure(error: BaseException) -> ConnectionFailure:
    """What an error of `requests` comes from, by all the errors that led to it."""
    errors = list(_chain(error))
    if any(PROXY_REFUSAL.search(str(each)) for each in errors):
        return PROXY_SIGN_IN
    for kind, found in BY_TYPE:
        if any(isinstance(each, kind) for each in errors):
            return found
    numbers = (BY_ERRNO.get(each.errno or 0) for each in errors if isinstance(each, OSError))
    other = ConnectionFailure(f"the request failed ({type(error).__name__})", "check `subdomain` and the network")
    return next((found for found in numbers if found), other)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may well be answered in a moment."""
    return classify_failure(error) in (DROPPED, READ_TIMEOUT, TOO_SLOW, CONNECT_TIMEOUT)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it wraps or follows: urllib3 keeps them as an argument, as `reason` or as the cause."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            linked = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
            waiting += [other for other in linked if isinstance(other, BaseException)]
