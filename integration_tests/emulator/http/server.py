"""Serves the account on a loopback port: Falcon routes the requests, uvicorn handles HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

import falcon
import falcon.asgi
import uvicorn

from integration_tests.emulator.api.account import Account, Request
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.routes import Endpoint, endpoints
from integration_tests.emulator.api.signed_uploads import PATH as UPLOADS
from integration_tests.emulator.http import files, uploads
from integration_tests.emulator.http.dispatch import Dispatcher, parse_query
from integration_tests.emulator.http.sell_oauth import SELL_TOKENS

FalconApp = falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]
SERVER_KEY = "emulator"
Send = Callable[[dict[str, Any]], Awaitable[None]]


def falcon_template(path: str) -> str:
    """The path with placeholders named by depth, since Falcon accepts one name per position."""
    parts = path.split("/")
    return "/".join(f"{{p{n}}}" if part.startswith("{") else part for n, part in enumerate(parts))


def strip_suffix(path: str) -> str:
    """The path without `.json` or, for a public key, `.pem`."""
    return path.removesuffix(".json").removesuffix(".pem")


def _listen(port: int) -> socket.socket:
    """A loopback socket that names TCP: asyncio switches off Nagle's delay only for those."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        listening.close()
        raise
    listening.listen(128)
    return listening


class Resource:
    """Every method of one path."""

    def __init__(self, methods: dict[str, Endpoint]) -> None:
        self.methods = methods

    async def _any(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **parts: str) -> None:
        endpoint = self.methods.get(req.method)
        params = dict(zip(endpoint.placeholders, parts.values(), strict=True)) if endpoint else {}
        await server_of(req).respond(req, resp, endpoint, params)

    on_get = on_head = on_post = on_put = on_patch = on_delete = _any


class Suffix:
    """Middleware that drops `.json`, and the slash at the end of an attachment's address, before routing."""

    async def process_request(self, req: falcon.asgi.Request, _resp: falcon.asgi.Response) -> None:
        path = strip_suffix(req.path)
        req.path = path.rstrip("/") if path.startswith("/attachments/token/") else path


class OAuthTokens:
    """`POST /oauth/tokens`, which accepts JSON or a form without credentials, and the token requests of Sell."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        server = server_of(req)
        server.write(resp, server.dispatcher.token(await server.record(req)))


class Files:
    """The addresses of files of one collection, or the storage host."""

    def __init__(self, collection: str) -> None:
        self.collection = collection

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **params: str) -> None:
        server = server_of(req)
        request = await server.record(req)
        server.write(resp, files.respond(server.dispatcher, request, server.base_url, self.collection, params))


class SignedUploads:
    """The signed addresses of the storage host."""

    async def _any(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, identifier: str) -> None:
        server = server_of(req)
        server.write(resp, uploads.respond(server.dispatcher, await server.record(req), identifier))

    on_put = on_post = _any


async def _unknown(req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
    if resp is not None:
        await server_of(req).respond(req, resp, None, {})


def server_of(req: falcon.asgi.Request) -> Server:
    """The server of a request; all servers share the routes."""
    server: Server = req.scope[SERVER_KEY]
    return server


@lru_cache(maxsize=1)
def routes() -> FalconApp:
    """The compiled routes, built once for all emulators of the process."""
    app: FalconApp = falcon.asgi.App(middleware=[Suffix()])
    paths: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints():
        paths.setdefault(falcon_template(endpoint.path), {})[endpoint.method] = endpoint
    for path, methods in paths.items():
        app.add_route(path, Resource(methods))
    for path in ("/oauth/tokens", SELL_TOKENS):
        app.add_route(path, OAuthTokens())
    for path, collection in files.PATHS.items():
        app.add_route(path, Files(collection))
    app.add_route(f"{UPLOADS}/{{identifier}}", SignedUploads())
    app.add_sink(_unknown, "/")
    return app


class Uvicorn(uvicorn.Server):
    """Uvicorn that stops immediately on request instead of at its next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepts = threading.Event()
        self._stop_requested = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.accepts.set()
        while not self._stop_requested.is_set():
            await self.on_tick(0)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop_requested.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close sockets and connections without waiting for responses."""
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # The loop closes the aborted connections in its next cycle.
        await asyncio.sleep(0)

    def request_stop(self) -> None:
        """Stop once requests are accepted, from any thread."""
        self.should_exit = self.force_exit = True
        self._loop.call_soon_threadsafe(self._stop_requested.set)


class Server:
    """Serves the account from `start` until `stop`; port 0 selects a free port."""

    def __init__(self, account: Account, port: int = 0) -> None:
        self.account = account
        self.dispatcher = Dispatcher(account)
        self._port = port
        self.base_url = ""
        config = uvicorn.Config(
            self._asgi,
            log_level="error",
            lifespan="off",
            http="httptools",
            interface="asgi3",
            access_log=False,
            date_header=False,
        )
        self._uvicorn = Uvicorn(config)
        self._thread: threading.Thread | None = None

    async def record(self, req: falcon.asgi.Request) -> Request:
        body = await req.bounded_stream.read() if hasattr(req, "bounded_stream") else await req.stream.read()
        headers = {name.lower(): value for name, value in req.headers.items()}
        return Request(req.method, req.path, parse_query(req.query_string), headers, body)

    async def respond(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, endpoint: Endpoint | None, params: dict[str, str]
    ) -> None:
        request = await self.record(req)
        reply, delay = self.dispatcher.respond(endpoint, params, request, self.base_url)
        if delay:
            await asyncio.sleep(delay)
        self.write(resp, reply)

    def write(self, resp: falcon.asgi.Response, reply: Reply) -> None:
        resp.status = reply.status
        resp.set_header("Date", format_datetime(self.account.clock.now(), usegmt=True))
        for name, value in reply.headers.items():
            resp.set_header(name, value)
        if reply.status != 204:
            resp.data = reply.body

    async def _asgi(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """The Falcon application, wrapped to truncate responses with a fault."""
        fault: list[str] = []

        async def send_with_fault(event: dict[str, Any]) -> None:
            if event["type"] == "http.response.start":
                marks = [value for name, value in event["headers"] if name == b"x-emulator-fault"]
                fault.extend(mark.decode() for mark in marks)
            elif fault:
                await self._truncate_body(fault[0], event, send)
                return
            await send(event)

        await routes()({**scope, SERVER_KEY: self}, receive, send_with_fault)

    async def _truncate_body(self, kind: str, event: dict[str, Any], send: Send) -> None:
        body = event.get("body", b"")
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        transport = send.__self__.transport  # type: ignore[attr-defined] # uvicorn's cycle, the only way to the socket
        if kind == "reset":
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            transport.close()

    def start(self) -> None:
        """Serve in a thread; returns once the server accepts requests."""
        listening = _listen(self._port)
        self.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.account.jobs.base_url = self.base_url
        self._thread = threading.Thread(target=self._run, args=[listening], daemon=True)
        self._thread.start()
        self._uvicorn.accepts.wait()

    def _run(self, listening: socket.socket) -> None:
        asyncio.run(self._uvicorn.serve(sockets=[listening]))

    def stop(self) -> None:
        if self._thread:
            self._uvicorn.request_stop()
            self._thread.join()
