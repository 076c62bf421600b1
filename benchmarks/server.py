"""Zendesk on loopback, with prepared pages; `python -m benchmarks.server <plan> <certificate>` prints its port.

The plan says in JSON which path answers what, and which limits there are. It runs in a process of its own, speaks TLS
and does nothing but hand out bytes, so that it is never what is measured.
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
    """What is served: listings by path, and requests in a window of so many seconds, none where there is no limit."""

    paths: dict[str, Listing]
    requests: int = 0
    exports: int = 0
    window: float = 60.0

    @classmethod
    def parsed(cls, text: str) -> "Plan":
        """The plan of a command line."""
        told = orjson.loads(text)
        return cls(**{**told, "paths": {path: Listing(**listing) for path, listing in told["paths"].items()}})

    def text(self) -> str:
        """The plan for a command line."""
        return orjson.dumps(asdict(self)).decode()


@dataclass
class Zendesk:
    """The ASGI application. `LOG` answers what was asked so far: seconds, path and status of each request."""

    plan: Plan
    log: list[tuple[float, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The limits begin with the first request."""
        self.limits = Limits()
        if self.plan.requests:
            self.limits.set(
                requests_per_minute=self.plan.requests, exports_per_minute=self.plan.exports, window=self.plan.window
            )
        self._patterns = [
            (re.compile(path.replace(ID, r"(\d+)")), listing) for path, listing in self.plan.paths.items() if ID in path
        ]

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"].removesuffix(".json")
        if path == LOG:
            await self._say(send, 200, orjson.dumps(self.log), [])
            return
        try:
            told = self.limits.acquire("GET", path, 1)
        except ApiError as refusal:
            await self._log_and_say(send, path, refusal.status, orjson.dumps(refusal.body), refusal.headers)
            return
        body = self._body(path, dict(parse_qsl(scope["query_string"].decode())))
        await self._log_and_say(send, path, 404 if body is None else 200, body or b'{"error":"InvalidEndpoint"}', told)

    def _body(self, path: str, query: dict[str, str]) -> bytes | None:
        if listing := self.plan.paths.get(path):
            return listing.answer(HOST + path, query)
        for pattern, listing in self._patterns:
            if found := pattern.fullmatch(path):
                parent = int(found[1]) - FIRST_SERIAL * 1000
                return listing.answer(HOST + path, query, parent)
        return {"/api/v2/account/settings": ACCOUNT, "/api/v2/users/me": MYSELF}.get(path)

    async def _log_and_say(self, send: Send, path: str, status: int, body: bytes, told: dict[str, str]) -> None:
        self.log.append((time.monotonic(), path, status))
        await self._say(send, status, body, [(name.lower().encode(), value.encode()) for name, value in told.items()])

    async def _say(self, send: Send, status: int, body: bytes, told: Headers) -> None:
        kind = (b"content-type", b"application/json; charset=utf-8")
        headers = [kind, (b"content-length", str(len(body)).encode()), *told]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def serve(plan: Plan, certificate: Path, port_told: Callable[[int], None]) -> None:
    """Serve until the process ends."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    config = uvicorn.Config(
        Zendesk(plan), http="httptools", lifespan="off", log_level="error", access_log=False,
        ssl_certfile=str(certificate), timeout_keep_alive=60,
    )  # fmt: skip
    port_told(listening.getsockname()[1])
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def main(arguments: Iterable[str]) -> None:
    """Serve the plan, with the certificate and key of a file."""
    plan, certificate = arguments
    serve(Plan.parsed(plan), Path(certificate), lambda port: print(port, flush=True))


if __name__ == "__main__":
    main(sys.argv[1:])
