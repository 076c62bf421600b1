"""A server with prepared pages; `python -m benchmarks.server <plan> <certificate>` prints its port.

The plan is JSON with the listings by path and the rate limits. The server runs in a separate process with TLS and only
sends prepared bytes, so that it is never the bottleneck.
"""

import asyncio
import re
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import uvicorn

from benchmarks.pages import FIRST_SERIAL, Listing
from integration_tests.emulator.api.errors import ApiError
from integration_tests.emulator.http.limits import Limits

HOST = "https://bench.zendesk.com"
LOG = "/bench/log"
ID = "{id}"
ACCOUNT = b'{"settings":{"active_features":{"organization_access_enabled":true}}}'
MYSELF = b'{"user":{"id":9000000001,"role":"admin","active":true,"verified":true}}'
Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Plan:
    """The listings by path, and the allowed requests per window of `window` seconds; 0 is no limit.

    A request takes `latency` seconds; it is counted in the middle of that time.
    """

    paths: dict[str, Listing]
    requests: int = 0
    exports: int = 0
    window: float = 60.0
    latency: float = 0.0

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """A plan from its JSON."""
        fields = orjson.loads(text)
        return cls(**{**fields, "paths": {path: Listing(**listing) for path, listing in fields["paths"].items()}})

    def to_json(self) -> str:
        """The plan as JSON."""
        return orjson.dumps(asdict(self)).decode()


@dataclass
class Zendesk:
    """The ASGI application. The path `LOG` returns seconds, path and status of each request so far."""

    plan: Plan
    log: list[tuple[float, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set up rate limits and path patterns."""
        self.limits = Limits()
        if self.plan.requests:
            self.limits.set(
                requests_per_minute=self.plan.requests, exports_per_minute=self.plan.exports, window=self.plan.window
            )
        self._patterns = [
            (re.compile(path.replace(ID, r"(\d+)")), listing) for path, listing in self.plan.paths.items() if ID in path
        ]

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Respond to one request."""
        if scope["type"] != "http":
            return
        path = scope["path"].removesuffix(".json")
        if path == LOG:
            await self._send(send, 200, orjson.dumps(self.log), [])
            return
        await self._wait()
        try:
            headers = self.limits.acquire("GET", path, 1)
        except ApiError as refusal:
            text = refusal.body.encode() if isinstance(refusal.body, str) else orjson.dumps(refusal.body)
            await self._log_and_send(send, path, refusal.status, text, refusal.headers)
            return
        body = self._body(path, dict(parse_qsl(scope["query_string"].decode())))
        await self._log_and_send(
            send, path, 404 if body is None else 200, body or b'{"error":"InvalidEndpoint"}', headers
        )

    async def _wait(self) -> None:
        if self.plan.latency:
            await asyncio.sleep(self.plan.latency / 2)

    def _body(self, path: str, query: dict[str, str]) -> bytes | None:
        if listing := self.plan.paths.get(path):
            return listing.page(HOST + path, query)
        for pattern, listing in self._patterns:
            if found := pattern.fullmatch(path):
                parent = int(found[1]) - FIRST_SERIAL * 1000
                return listing.page(HOST + path, query, parent)
        return {"/api/v2/account/settings": ACCOUNT, "/api/v2/users/me": MYSELF}.get(path)

    async def _log_and_send(self, send: Send, path: str, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.log.append((time.monotonic(), path, status))
        await self._wait()
        await self._send(
            send, status, body, [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        )

    async def _send(self, send: Send, status: int, body: bytes, more: Headers) -> None:
        kind = (b"content-type", b"application/json; charset=utf-8")
        headers = [kind, (b"content-length", str(len(body)).encode()), *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def serve(plan: Plan, certificate: Path, on_port: Callable[[int], None]) -> None:
    """Serve until the process ends; `on_port` receives the port."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    config = uvicorn.Config(
        Zendesk(plan), http="httptools", lifespan="off", log_level="error", access_log=False,
        ssl_certfile=str(certificate), timeout_keep_alive=60,
    )  # fmt: skip
    on_port(listening.getsockname()[1])
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def main(arguments: Iterable[str]) -> None:
    """Serve a plan with the certificate and key in a file."""
    plan, certificate = arguments
    serve(Plan.from_json(plan), Path(certificate), lambda port: print(port, flush=True))


if __name__ == "__main__":
    main(sys.argv[1:])
