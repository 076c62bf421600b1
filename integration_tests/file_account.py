"""An account with files of any number and size, whose storage fails, and kills the process that reads them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

STREAM = "suspended_ticket_attachments"
PAGE = 50
BLOCK = 64 * 1024
LARGEST, LARGE = 50_000_000, 2_000_000
REFUSED = {3: 403, 4: 404, 5: 410}
"""The status of a file by the rest of its number, in each hundred."""
CUTS, UNMARKED_CUT, THROTTLED, FAILED, DROPPED, WRONG_SIZE = (11, 12), 13, 14, 15, 16, (17, 18)
"""Files whose first response is cut off (once more without ETag), is 429 or 500, or is missing; and of another size."""
UPDATED = "2024-01-01T00:00:00Z"
LIMIT = {"X-Rate-Limit": "1000000", "X-Rate-Limit-Remaining": "999999"}


@dataclass(frozen=True)
class StoredFile:
    """A file of the account: its content is a block that differs between files, repeated."""

    number: int

    @property
    def kind(self) -> int:
        """The rest of the number, which determines size and failures."""
        return self.number % 100

    @property
    def name(self) -> str:
        return f"file {self.number}.bin"

    @property
    def size(self) -> int:
        """Bytes: some files are empty, one in a thousand has 50 MB, one in a hundred 2 MB, the others up to 100 kB."""
        if self.number % 1000 == 7:
            return LARGEST
        if self.kind in (7, 0):
            return LARGE if self.kind else 0
        return self.number * 7919 % 100_000

    @property
    def declared_size(self) -> int:
        """The size in the record."""
        return self.size + 1000 if self.kind in WRONG_SIZE else self.size

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """The content from an offset on."""
        block = hashlib.sha256(str(self.number).encode()).digest() * (BLOCK // 32)
        while start < self.size:
            chunk = block[start % BLOCK : start % BLOCK + self.size - start]
            start += len(chunk)
            yield chunk

    def checksum(self) -> str:
        """The SHA-256 of the content."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


class FileAccount(ThreadingHTTPServer):
    """Serves `count` files on loopback inside `serving()`; `process` is killed whenever an offset of `kills` is sent.

    Offsets count the bytes of all bodies. `requested` counts the requests to the storage by file.
    """

    daemon_threads = True

    def __init__(self, count: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {number: StoredFile(number) for number in range(count)}
        self.process: subprocess.Popen[bytes] | None = None
        self.kills: list[int] = []
        self.sent = 0
        self.requested: Counter[int] = Counter()
        self.requests = 0
        self.lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def config(self) -> dict[str, Any]:
        credentials = {"credentials": "api_token", "email": "ada@example.com", "api_token": "s3cr3t-t0ken"}
        return {"subdomain": "acme", "base_url": self.base_url, "credentials": credentials}

    @property
    def available(self) -> list[StoredFile]:
        """The files that the storage does not refuse."""
        return [file for file in self.files.values() if file.kind not in REFUSED]

    @contextmanager
    def serving(self) -> Iterator[FileAccount]:
        """Serve until the end of the block."""
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    def count_sent(self, size: int) -> None:
        """Count sent bytes, and kill the reader if they reach the next offset."""
        with self.lock:
            self.sent += size
            if self.kills and self.sent >= self.kills[0] and self.process:
                self.kills.pop(0)
                self.process.kill()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a killed reader drops its connections."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FileAccount

    def do_HEAD(self) -> None:
        self._send(200, b"")

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.requests += 1
        path, number = urlsplit(self.path).path, self.path.rpartition("/")[2]
        if path.startswith("/storage/"):
            self._store(self.server.files[int(number)])
        elif path.startswith("/attachments/token/"):
            location = f"http://localhost:{self.server.server_port}/storage/{number}"
            self._send(302, b"", Location=location, **LIMIT)
        elif path == "/api/v2/suspended_tickets":
            self._send(200, json.dumps(self._page()).encode(), **LIMIT)
        else:
            self._send(200, b'{"user": {"id": 1, "role": "admin", "active": true}, "brands": []}', **LIMIT)

    def _page(self) -> dict[str, Any]:
        start = int(parse_qs(urlsplit(self.path).query).get("page[after]", ["0"])[0])
        files, end = list(self.server.files.values())[start : start + PAGE], start + PAGE
        rows = [{"id": file.number, "updated_at": UPDATED, "attachments": [self._record(file)]} for file in files]
        meta = {"has_more": end < len(self.server.files), "after_cursor": str(end)}
        return {"suspended_tickets": rows, "meta": meta}

    def _record(self, file: StoredFile) -> dict[str, Any]:
        """The attachment object of a file."""
        url, kind = f"{self.server.base_url}/attachments/token/{file.number}", "application/octet-stream"
        size = file.declared_size
        return {"id": file.number, "file_name": file.name, "content_url": url, "size": size, "content_type": kind}

    def _store(self, file: StoredFile) -> None:
        with self.server.lock:
            self.server.requested[file.number] += 1
            is_first = self.server.requested[file.number] == 1
        if status := REFUSED.get(file.kind):
            self._send(status, b"<Error/>")
        elif is_first and file.kind in (THROTTLED, FAILED):
            self._send(429 if file.kind == THROTTLED else 500, b"", **{"Retry-After": "0"})
        elif is_first and file.kind == DROPPED:
            self.close_connection = True
        else:
            self._send_file(file, is_cut=is_first and file.kind in (*CUTS, UNMARKED_CUT))

    def _send_file(self, file: StoredFile, *, is_cut: bool) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        end = start + (file.size - start) // 2 if is_cut else file.size
        self.close_connection = is_cut
        self.send_response_only(206 if start else 200)
        self.send_header("Content-Length", str(file.size - start))
        self.send_header("Content-Type", "application/octet-stream")
        if file.kind != UNMARKED_CUT:
            self.send_header("ETag", f'"{file.number}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{file.size - 1}/{file.size}")
        self.end_headers()
        for chunk in file.chunks(start):
            self.wfile.write(chunk[: end - start])
            start += len(chunk)
            self.server.count_sent(len(chunk))
            if start >= end:
                return

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing."""
