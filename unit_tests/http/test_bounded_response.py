"""A response is bounded in time and size, and otherwise behaves as in `requests`."""

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

import certifi
import pytest
import requests
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ResponseAction

from source_zendesk.http import bounded_response, timed_connection
from source_zendesk.http.bounded_response import (
    MAX_CONNECTIONS,
    BoundedAdapter,
    ResponseTooLargeError,
    ResponseTooSlowError,
    bound_responses,
)
from source_zendesk.http.error_handler import ZendeskErrorHandler

MEGABYTE = 1024 * 1024
Serve = Callable[[bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that sends these bytes for each request and closes the connection."""
    servers = []

    def start(http_response: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.wfile.write(http_response)
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def http_response(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(*chunks: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("interim", [EARLY, EARLY * 3, CONTINUE + EARLY, b"HTTP/1.1 102 Processing\r\n\r\n" + EARLY])
@pytest.mark.parametrize("through_proxy", [False, True])
def test_interim_responses_are_skipped(interim: bytes, serve: Serve, *, through_proxy: bool) -> None:
    address = serve(interim + b"HTTP/1.1 422 Refused\r\nX-Zendesk: yes\r\nContent-Length: 2\r\n\r\n{}")
    proxies = {"http": address} if through_proxy else {}
    response = bound_responses(requests.Session()).get(
        "http://localhost:1/" if through_proxy else address, proxies=proxies
    )
    assert (response.status_code, response.content, response.headers.get("Link")) == (422, b"{}", None)


@pytest.mark.parametrize("interim", [EARLY, CONTINUE])
def test_interim_responses_without_end_are_an_error(interim: bytes, serve: Serve) -> None:
    with pytest.raises(requests.ConnectionError, match="interim responses"):
        bound_responses(requests.Session()).get(serve(interim * 10_000))


def test_a_switch_of_protocols_is_a_response_without_a_body(serve: Serve) -> None:
    response = bound_responses(requests.Session()).get(
        serve(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + http_response(b"x"))
    )
    assert (response.status_code, response.content) == (101, b"")
    action = ZendeskErrorHandler({}).interpret_response(response).response_action
    assert action is ResponseAction.RETRY


def test_connections_by_tls_skip_interim_responses_too() -> None:
    adapter = BoundedAdapter()
    managers = [adapter.poolmanager, adapter.proxy_manager_for("http://proxy:3128")]
    connections = [manager.connection_from_url("https://acme.zendesk.com").ConnectionCls for manager in managers]
    assert {each.response_class.__name__ for each in connections} == {"_TimedResponse"}


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (http_response(b""), b""),
        (http_response(b"x" * MEGABYTE), b"x" * MEGABYTE),
        (http_response(gzip.compress(b"x" * MEGABYTE), "Content-Encoding: gzip"), b"x" * MEGABYTE),
        (chunked(b"one", b"two", b""), b"onetwo"),
    ],
)
def test_a_body_is_read_as_it_was_sent(serve: Serve, sent: bytes, body: bytes) -> None:
    response = bound_responses(requests.Session()).get(serve(sent))
    assert response.content == response.content == b"".join(response.iter_content(MEGABYTE)) == body


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (http_response(b"short", length=100), requests.exceptions.ChunkedEncodingError),
        (chunked(b"one")[:-4], requests.exceptions.ChunkedEncodingError),
        (chunked(b"one"), requests.exceptions.ChunkedEncodingError),
        (http_response(b"no gzip", "Content-Encoding: gzip"), requests.exceptions.ContentDecodingError),
    ],
)
def test_a_truncated_or_damaged_body_raises_the_error_of_requests(
    serve: Serve, sent: bytes, error: type[Exception]
) -> None:
    address = serve(sent)
    for session in (requests.Session(), bound_responses(requests.Session())):
        with pytest.raises(error):
            session.get(address)


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (http_response(b"no gzip", "Content-Encoding: gzip"), b""),
        (http_response(b"short", length=100), b"short"),
        (chunked(b"one"), b"one"),
    ],
)
@pytest.mark.parametrize("status", [401, 403, 503])
def test_a_refusal_with_a_damaged_body_keeps_its_status(serve: Serve, status: int, sent: bytes, body: bytes) -> None:
    response = bound_responses(requests.Session()).get(serve(sent.replace(b"200 OK", b"%d X" % status)))
    assert (response.status_code, response.content, response.content) == (status, body, body)


def test_a_body_above_the_size_limit_is_an_error(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_response, "MAX_MEGABYTES", 1)
    sent = http_response(gzip.compress(b" " * (2 * MEGABYTE)), "Content-Encoding: gzip")
    with pytest.raises(ResponseTooLargeError, match="more than 1 MB after decompression"):
        bound_responses(requests.Session()).get(serve(sent))


def test_the_connection_pool_has_a_connection_for_each_thread() -> None:
    adapter = bound_responses(requests.Session()).get_adapter("https://acme.zendesk.com/api/v2/groups")
    assert isinstance(adapter, BoundedAdapter)
    assert adapter.poolmanager.connection_pool_kw["maxsize"] == MAX_CONNECTIONS


def test_a_pool_is_shared_by_requests_with_the_same_host_and_settings() -> None:
    adapter = BoundedAdapter()

    def pool(address: str, *, verify: bool | str = True, **proxies: str) -> Any:
        request = requests.Request("GET", address).prepare()
        return adapter.get_connection_with_tls_context(request, verify, proxies)

    first = pool("https://acme.zendesk.com/api/v2/groups")
    assert first is pool("https://acme.zendesk.com/api/v2/users?a=1")
    others = [
        pool("https://brand.zendesk.com/"),
        pool("https://acme.zendesk.com/", verify=False),
        pool("https://acme.zendesk.com/", verify=certifi.where()),
        pool("https://acme.zendesk.com/", https="http://127.0.0.1:3128"),
    ]
    assert len({*map(id, others), id(first)}) == 1 + len(others)
    assert [each.cert_reqs for each in others] == ["CERT_REQUIRED", "CERT_NONE", "CERT_REQUIRED", "CERT_REQUIRED"]


def test_a_slow_body_ends_at_the_deadline(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    address = serve(http_response(b"x" * MEGABYTE))
    # The first two calls are for the deadline and the headers.
    clock = chain([0.0, 0.0], repeat(timed_connection.DEADLINE_IN_SECONDS + 1))
    monkeypatch.setattr(timed_connection, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with pytest.raises(ResponseTooSlowError, match="did not end within"):
        bound_responses(requests.Session()).get(address)


@pytest.mark.parametrize(
    ("error", "reducible", "action"),
    [
        (ResponseTooLargeError(), True, ResponseAction.REDUCE_PAGE_SIZE),
        (ResponseTooLargeError(), False, ResponseAction.FAIL),
        (requests.ReadTimeout(), True, ResponseAction.REDUCE_PAGE_SIZE),
        (requests.ReadTimeout(), False, ResponseAction.RETRY),
    ],
)
def test_reducible_pages_shrink_and_other_errors_name_the_stream(
    error: Exception, *, reducible: bool, action: ResponseAction
) -> None:
    resolution = ZendeskErrorHandler({}, name="tickets", reducible=reducible).interpret_response(error)
    assert resolution.response_action is action
    assert "Stream tickets" in str(resolution.error_message)
