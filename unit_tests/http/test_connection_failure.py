"""Each kind of connection failure has a cause and a remedy."""

import errno
import socket
import ssl
from collections.abc import Callable

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from source_zendesk.http.connection_failure import classify_failure


def failed_connect(cause: OSError) -> requests.ConnectionError:
    """As urllib3 and requests wrap what the socket raises."""
    reason = NewConnectionError(None, "Failed to establish a new connection")  # type: ignore[arg-type]
    reason.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, "/api/v2/users/me", reason))  # type: ignore[arg-type]


CASES: dict[str, Callable[[], requests.RequestException]] = {
    "(DNS)": lambda: failed_connect(socket.gaierror(-2, "Name or service not known")),
    "is refused": lambda: failed_connect(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")),
    "network is unreachable": lambda: failed_connect(OSError(errno.ENETUNREACH, "Network is unreachable")),
    "(TLS)": lambda: requests.exceptions.SSLError(ssl.SSLCertVerificationError("certificate verify failed")),
    "the connection was not established in time (timeout)": requests.ConnectTimeout,
    "did not respond in time (timeout)": lambda: requests.ReadTimeout(ReadTimeoutError(None, "/", "")),  # type: ignore[arg-type]
    "was dropped": lambda: requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())),
    "the proxy": requests.exceptions.ProxyError,
    "failed (RequestException)": requests.RequestException,
}


@pytest.mark.parametrize("cause", CASES)
def test_each_kind_has_a_cause_and_a_remedy(cause: str) -> None:
    message = classify_failure(CASES[cause]()).message_for("https://acme.zendesk.com")
    assert cause in message
    assert message.startswith("No response from https://acme.zendesk.com: ")
    assert "; check" in message or "; try" in message


def test_a_closed_port_is_a_refused_connection() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(address, timeout=10)
    assert "the connection is refused" in classify_failure(caught.value).cause
