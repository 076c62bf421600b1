"""Why no answer came is told by its kind."""

import errno
import socket
import ssl
from collections.abc import Callable

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from source_zendesk.http.connection_failure import classify_failure


def connecting(cause: OSError) -> requests.ConnectionError:
    """As urllib3 and requests wrap what the socket raises."""
    reason = NewConnectionError(None, "Failed to establish a new connection")  # type: ignore[arg-type]
    reason.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, "/api/v2/users/me", reason))  # type: ignore[arg-type]


CASES: dict[str, Callable[[], requests.RequestException]] = {
    "(DNS)": lambda: connecting(socket.gaierror(-2, "Name or service not known")),
    "is refused": lambda: connecting(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")),
    "network is unreachable": lambda: connecting(OSError(errno.ENETUNREACH, "Network is unreachable")),
    "(TLS)": lambda: requests.exceptions.SSLError(ssl.SSLCertVerificationError("certificate verify failed")),
    "the connection was not established in time (timeout)": requests.ConnectTimeout,
    "did not respond in time (timeout)": lambda: requests.ReadTimeout(ReadTimeoutError(None, "/", "")),  # type: ignore[arg-type]
    "was dropped": lambda: requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())),
    "the proxy": requests.exceptions.ProxyError,
    "failed (RequestException)": requests.RequestException,
}


@pytest.mark.parametrize("said", CASES)
def test_each_kind_has_its_name_and_a_remedy(said: str) -> None:
    told = classify_failure(CASES[said]()).message_for("https://acme.zendesk.com")
    assert said in told
    assert told.startswith("No response from https://acme.zendesk.com: ")
    assert "; check" in told or "; try" in told


def test_a_closed_port_is_told_as_such() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(address, timeout=10)
    assert "the connection is refused" in classify_failure(caught.value).cause
