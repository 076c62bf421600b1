"""Causes of failed connections, with a remedy for each."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import requests
from urllib3.exceptions import ReadTimeoutError

from source_zendesk.http.bounded_response import ResponseTooLargeError, ResponseTooSlowError


class ConnectionFailure(NamedTuple):
    """The cause and the remedy, as parts of a sentence."""

    cause: str
    remedy: str

    def message_for(self, address: str) -> str:
        """The user message for a failed request to this address."""
        return f"No response from {address}: {self.cause}; {self.remedy}."


DNS = ConnectionFailure(
    "its name cannot be resolved (DNS)", "check `subdomain`, and this machine's network and name server"
)
REFUSED = ConnectionFailure("the connection is refused", "check `subdomain`, and any firewall or proxy")
UNREACHABLE = ConnectionFailure("the network is unreachable", "check `subdomain`, and this machine's network")
DROPPED = ConnectionFailure("the connection was dropped", "check `subdomain`, the network and any proxy; try again")
TLS = ConnectionFailure(
    "the secure connection fails (TLS)",
    "check this machine's clock and certificates; behind a proxy that decrypts TLS, set REQUESTS_CA_BUNDLE",
)
PROXY = ConnectionFailure("the proxy blocks the connection", "check HTTPS_PROXY and NO_PROXY")
PROXY_SIGN_IN = ConnectionFailure(
    "the proxy requires a user name and a password (407)",
    "set HTTPS_PROXY to http://user:password@proxy:8080, or add the account's host to NO_PROXY",
)
CONNECT_TIMEOUT = ConnectionFailure(
    "the connection was not established in time (timeout)", "check any firewall or proxy, and `subdomain`"
)
READ_TIMEOUT = ConnectionFailure("the server accepted the request and did not respond in time (timeout)", "try again")
TOO_SLOW = ConnectionFailure("the response did not end in time (timeout)", "check the network and any proxy; try again")
TOO_LARGE = ConnectionFailure(
    "the response is larger than any response of Zendesk", "check `subdomain`, and any firewall or proxy"
)
# The message of http.client if a proxy refuses to open a tunnel.
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
    (ReadTimeoutError, TOO_SLOW),
    (ConnectionError, DROPPED),
    (requests.exceptions.ChunkedEncodingError, DROPPED),
    (requests.exceptions.ContentDecodingError, DROPPED),
)


def classify_failure(error: BaseException) -> ConnectionFailure:
    """The cause of an error of `requests`, derived from the whole chain of errors."""
    errors = list(_chain(error))
    if any(PROXY_REFUSAL.search(str(each)) for each in errors):
        return PROXY_SIGN_IN
    for error_type, failure in BY_TYPE:
        if any(isinstance(each, error_type) for each in errors):
            return failure
    by_errno = (BY_ERRNO.get(each.errno or 0) for each in errors if isinstance(each, OSError))
    other = ConnectionFailure(f"the request failed ({type(error).__name__})", "check `subdomain` and the network")
    return next((failure for failure in by_errno if failure), other)


def is_transient(error: BaseException) -> bool:
    """Whether a retry of the same request may soon succeed."""
    return classify_failure(error) in (DROPPED, READ_TIMEOUT, TOO_SLOW, CONNECT_TIMEOUT)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and all linked errors: urllib3 stores them as an argument, as `reason`, or as cause or context."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        each = pending.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            linked = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
            pending += [other for other in linked if isinstance(other, BaseException)]
