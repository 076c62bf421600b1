"""Connections verify the server's certificate, and load the trusted certificates once."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import trustme

from source_zendesk.http import bounded_response
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.session import account_session

CONNECTIONS = 3


class _Handler(BaseHTTPRequestHandler):
    """Responds when `CONNECTIONS` requests have arrived, so that each has a connection of its own."""

    protocol_version = "HTTP/1.1"
    arrived = threading.Barrier(CONNECTIONS)

    def do_GET(self) -> None:
        self.arrived.wait()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def port(authority: trustme.CA) -> Iterator[int]:
    """The port of a server with a certificate for `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the server's authority, which the environment names."""
    path = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    monkeypatch.setenv("NO_PROXY", "*")
    return path


def test_connections_of_all_sessions_share_the_trusted_certificates(
    port: int, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str | None] = []
    load = bounded_response._trusting_context

    def load_and_record(path: str | None) -> ssl.SSLContext:
        loaded.append(path)
        return load(path)

    monkeypatch.setattr(bounded_response, "_trusting_context", load_and_record)
    address, connections = f"https://localhost:{port}", BoundedAdapter()
    sessions = [account_session(address, connections=connections) for _ in range(CONNECTIONS)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda session=session: statuses.append(session.get(address).status_code), daemon=True)
        for session in sessions
    ]
    # The first connection loads the certificates; otherwise two threads could load them at the same time.
    connections.get_connection_with_tls_context(requests.Request("GET", address).prepare(), str(bundle))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connections.close()
    assert (statuses, loaded) == ([200] * CONNECTIONS, [str(bundle)])


def test_an_untrusted_certificate_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    address = f"https://localhost:{port}"
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        account_session(address).get(address)


@pytest.mark.usefixtures("bundle")
def test_a_certificate_for_another_host_is_refused(port: int) -> None:
    address = f"https://127.0.0.1:{port}"
    with pytest.raises(requests.exceptions.SSLError, match="certificate verify failed: IP address mismatch"):
        account_session(address).get(address)
