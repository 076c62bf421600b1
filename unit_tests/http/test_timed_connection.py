"""A response ends in time, however slowly its headers arrive."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from source_zendesk.http import timed_connection
from source_zendesk.http.bounded_response import ResponseTooSlowError, bound_responses

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def address() -> Iterator[str]:
    """Serves one response, byte by byte."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for byte in RESPONSE:
                    connection.send(bytes([byte]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()


def test_a_response_in_time_is_read_as_a_whole(address: str) -> None:
    assert bound_responses(requests.Session()).get(address, timeout=30).content == b"{}"


def test_headers_that_arrive_after_the_deadline_are_a_timeout(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_connection, "DEADLINE_IN_SECONDS", -1.0)
    with pytest.raises(ResponseTooSlowError):
        bound_responses(requests.Session()).get(address, timeout=30)


@pytest.mark.parametrize("deadline", [-1.0, 600.0])
def test_connections_through_a_proxy_are_timed_as_well(
    address: str, deadline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_connection, "DEADLINE_IN_SECONDS", deadline)
    session = bound_responses(requests.Session())
    session.proxies = {"http": address}
    if deadline < 0:
        with pytest.raises(ResponseTooSlowError):
            session.get("http://acme.example/", timeout=30)
    else:
        assert session.get("http://acme.example/", timeout=30).content == b"{}"
