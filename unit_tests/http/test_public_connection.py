"""Connections to storage hosts."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from source_zendesk.http.public_connection import AddressRefusedError, PublicAdapter, check_public_address

PRIVATE = ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[::1]", "[fd00::1]"]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(AddressRefusedError, match="in a private network"):
        check_public_address(f"https://{host}/a", allows_loopback=False)


@pytest.mark.parametrize("url", ["http://storage.example.com/a", "ftp://storage.example.com/a", "file:///etc/passwd"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError, match="is not"):
        check_public_address(url, allows_loopback=False)


@pytest.mark.parametrize("url", ["https://u:p@storage.example.com/a", "https://u@h/", "https://h:x/", "https://[/", ""])
def test_invalid_addresses_and_users_are_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError, match="is not valid"):
        check_public_address(url, allows_loopback=False)


@pytest.mark.parametrize("url", ["https://p1.zdusercontent.com/a?t=1", "https://8.8.8.8/a", "https://[2600::1]:8443/a"])
def test_public_addresses_are_accepted(url: str) -> None:
    check_public_address(url, allows_loopback=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/a", "http://localhost/a", "https://[::1]/a"])
def test_loopback_is_accepted_if_it_is_allowed(url: str) -> None:
    check_public_address(url, allows_loopback=True)
    with pytest.raises(AddressRefusedError):
        check_public_address(url, allows_loopback=False)


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "https://10.0.0.1/a"])
def test_other_private_addresses_are_refused_even_if_loopback_is_allowed(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_public_address(url, allows_loopback=True)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        listening.paths = []  # type: ignore[attr-defined]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def get(server: Any, *, allows_loopback: bool) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", PublicAdapter(allows_loopback=allows_loopback))
    return session.get(f"http://storage.example.com:{server.server_port}/file", timeout=10)


@pytest.fixture
def resolved_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name that resolves to this machine."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **options: resolve("127.0.0.1", *rest, **options))


@pytest.mark.usefixtures("resolved_to_loopback")
def test_a_name_that_resolves_to_a_private_address_gets_no_request(server: Any) -> None:
    with pytest.raises(AddressRefusedError, match="in a private network"):
        get(server, allows_loopback=False)
    assert server.paths == []


@pytest.mark.usefixtures("resolved_to_loopback")
def test_an_allowed_address_gets_the_request(server: Any) -> None:
    assert get(server, allows_loopback=True).content == b"ok"
    assert server.paths == ["/file"]
