"""A server that writes down every request and answers as it is told to."""

from __future__ import annotations

import json
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
class Arrived:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def path(self) -> str:
        """The path as it was escaped."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def body(self) -> Json:
        """The JSON of the body, None where there is none."""
        return json.loads(self.content) if self.content else None

    @property
    def form(self) -> dict[str, tuple[str | None, str, bytes]]:
        """The fields of a form as file name, content type and content."""
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
    """An answer; `is_dropped` closes the connection instead, `after` is waited for before anything is said."""

    status: int = 200
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_dropped: bool = False
    after: threading.Event | None = None

    @property
    def content(self) -> bytes:
        """The body in bytes; a text, or bytes, are sent as they are."""
        if self.status == 204:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Answers = Callable[[Arrived], Reply]


class Recorder:
    """Listens on loopback while it is a context; `answers` says what each request is answered with.

    `date` is the server's clock. HEAD is answered and not written down.

    Each answer asks not to be waited for, so that tests do not sleep.
    """

    def __init__(self, answers: Answers = lambda _: Reply()) -> None:
        self.arrived: list[Arrived] = []
        self.answers = answers
        self.date: Callable[[], float] = time.time
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> Recorder:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def writes(self) -> list[Arrived]:
        """All requests but those that ask how a job stands."""
        return [arrived for arrived in self.arrived if "job_statuses" not in arrived.target]

    @property
    def sent(self) -> list[str]:
        """Method and target of each of them."""
        return [f"{arrived.method} {arrived.target}" for arrived in self.writes]

    @property
    def polls(self) -> list[str]:
        """The paths of those that ask how a job stands."""
        return [arrived.path for arrived in self.arrived if "job_statuses" in arrived.target]

    def config(self, *actions: Mapping[str, Any], allow_writes: Any = True) -> dict[str, Any]:
        """A configuration with these actions."""
        credentials = {"credentials": "api_token", "email": "ada@example.com", "api_token": "s3cr3t-t0ken"}
        return {
            "subdomain": "acme",
            "base_url": self.base_url,
            "credentials": credentials,
            "allow_writes": allow_writes,
            "actions": list(actions),
        }

    def take(self, arrived: Arrived) -> Reply:
        """Write a request down and say what to answer."""
        with self._lock:
            self.arrived.append(arrived)
            return self.answers(arrived)


def in_turn(*replies: Reply) -> Answers:
    """These replies one after the other; the last is repeated."""
    waiting = list(replies)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def by_path(**answers: Answers | Reply) -> Answers:
    """What the first fragment found in a target says, `__` standing for a slash; or else an empty object."""

    def answer(arrived: Arrived) -> Reply:
        for fragment, found in answers.items():
            if fragment.replace("__", "/") in arrived.target:
                return found if isinstance(found, Reply) else found(arrived)
        return Reply()

    return answer


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = recorder.take(Arrived(self.command, self.path, dict(self.headers), content))
            if reply.after:
                reply.after.wait()
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
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def do_HEAD(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", formatdate(recorder.date(), usegmt=True))
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: what arrived is in `arrived`."""

    return Handler
