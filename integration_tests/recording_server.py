"""A server that records every request and responds by a function of the test."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.utils import formatdate
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = Any


@dataclass(frozen=True)
class RecordedRequest:
    """A received request."""

    method: str
    target: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def path(self) -> str:
        """The escaped path."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def body(self) -> Json:
        """The JSON of the body; None without a body."""
        return json.loads(self.content) if self.content else None

    @property
    def form(self) -> dict[str, tuple[str | None, str, bytes]]:
        """The fields of a form as (file name, content type, content)."""
        message = BytesParser().parsebytes(
            f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + self.content
        )
        parts = [part for part in message.walk() if not part.is_multipart()]
        names = [str(part.get_param("name", header="content-disposition")) for part in parts]
        contents: list[Any] = [part.get_payload(decode=True) for part in parts]
        kinds = [(part.get_filename(), part.get_content_type()) for part in parts]
        return {name: (*kind, content) for name, kind, content in zip(names, kinds, contents, strict=True)}


@dataclass(frozen=True)
class Reply:
    """A response, sent after `release` is set; if `is_dropped`, the connection is closed instead.

    A header with the value None is not sent.
    """

    status: int = 200
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    is_dropped: bool = False
    release: threading.Event | None = None

    @property
    def content(self) -> bytes:
        """The body in bytes; strings and bytes are sent unchanged, other values as JSON."""
        if self.status == 204:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Responder = Callable[[RecordedRequest], Reply]


def _is_poll(arrived: RecordedRequest) -> bool:
    """Whether a request is for the status of a job."""
    return arrived.method == "GET" and any(part in arrived.target for part in ("job_statuses", "/theming/jobs/"))


class RecordingServer:
    """Listens on loopback inside a `with` block; `responder` returns the reply to each request.

    `date` is the server's clock. HEAD requests are not recorded.

    Each response has `Retry-After: 0`, so that tests do not sleep. The end of the block closes all connections.
    """

    def __init__(self, answers: Responder = lambda _: Reply()) -> None:
        self.requests: list[RecordedRequest] = []
        self.responder = answers
        self.date: Callable[[], float] = time.time
        self._lock = threading.Lock()
        self._server = _Listener(("127.0.0.1", 0), _handler(self))

    def __enter__(self) -> RecordingServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.disconnect()
        self._server.server_close()

    @property
    def accepted_connections(self) -> int:
        """The number of connections so far."""
        return self._server.accepted

    def wait_until_disconnected(self) -> bool:
        """Wait until clients have closed all connections; returns whether they have."""
        return self._server.wait_until_disconnected()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[RecordedRequest]:
        """All requests except polls of jobs."""
        return [arrived for arrived in self.requests if not _is_poll(arrived)]

    @property
    def sent_lines(self) -> list[str]:
        """Method and target of each of `writes`."""
        return [f"{arrived.method} {arrived.target}" for arrived in self.writes]

    @property
    def polled_paths(self) -> list[str]:
        """The paths of the polls of jobs."""
        return [arrived.path for arrived in self.requests if _is_poll(arrived)]

    def config(self, *actions: Mapping[str, Any], allow_writes: Any = True) -> dict[str, Any]:
        """A config with these actions."""
        credentials = {"credentials": "api_token", "email": "ada@example.com", "api_token": "s3cr3t-t0ken"}
        return {
            "subdomain": "acme",
            "base_url": self.base_url,
            "credentials": credentials,
            "allow_writes": allow_writes,
            "actions": list(actions),
        }

    def record(self, arrived: RecordedRequest) -> Reply:
        """Record a request and return the reply."""
        with self._lock:
            self.requests.append(arrived)
            return self.responder(arrived)


def respond_in_sequence(*replies: Reply) -> Responder:
    """A responder that returns these replies in order; the last is repeated."""
    waiting = list(replies)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def respond_by_path(**answers: Responder | Reply) -> Responder:
    """A responder by fragments of the target, in which `__` is a slash; without a match, an empty object."""

    def answer(arrived: RecordedRequest) -> Reply:
        for fragment, found in answers.items():
            if fragment.replace("__", "/") in arrived.target:
                return found if isinstance(found, Reply) else found(arrived)
        return Reply()

    return answer


class _Listener(ThreadingHTTPServer):
    """An HTTP server that tracks its connections."""

    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        self.accepted = 0
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self.accepted += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error unless the client, or `disconnect`, closed the connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def wait_until_disconnected(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout=60)

    def disconnect(self) -> None:
        """End all connections, so that their threads close them."""
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def _handler(recorder: RecordingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = recorder.record(RecordedRequest(self.command, self.path, dict(self.headers), content))
            if reply.release:
                reply.release.wait()
            if reply.is_dropped:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            usual = {
                "Date": formatdate(recorder.date(), usegmt=True),
                "Retry-After": "0",
                "Content-Length": str(len(reply.content)),
            }
            for name, value in {**usual, **reply.headers}.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def do_HEAD(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", formatdate(recorder.date(), usegmt=True))
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Log nothing: `requests` has the requests."""

    return Handler
