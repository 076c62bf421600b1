"""Faults that a test adds: which requests fail, when, and how."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.data.rows import Row

KINDS = (
    "status", "truncate", "cut_json", "reset", "empty", "not_json", "no_list", "empty_body", "repeat", "anonymous",
    "expired_cursor", "timeout", "no_meta", "withhold",
)  # fmt: skip
BODIES: dict[int, Any] = {
    400: {"error": "BadRequest", "description": "Bad request"},
    401: {"error": "Couldn't authenticate you"},
    403: {
        "error": {
            "title": "Forbidden",
            "message": "You do not have access to this page. Please contact the account owner.",
        }
    },
    404: {"error": "RecordNotFound", "description": "Not found"},
    409: {"error": "DatabaseConflict", "description": "Database collision"},
    410: {"error": "Gone", "description": "The cursor has expired"},
    422: {"error": "RecordInvalid", "description": "Record validation errors"},
    429: "Number of allowed API requests per minute exceeded",
    500: {"error": "InternalError", "description": "Something went wrong"},
    502: "<html><head><title>502 Bad Gateway</title></head></html>",
    503: "Number of allowed API requests per minute exceeded",
    504: "<html><head><title>504 Gateway Time-out</title></head></html>",
}
TIMEOUT_DELAY = 30.0
"""Seconds by which a `timeout` without `delay` delays its response."""
CURSORS = frozenset({"cursor", "page[after]", "page[before]"})
PAGE_SIZES = ("per_page", "page[size]", "limit")


@dataclass
class Fault:
    """A fault, the requests that it matches, and how often it did."""

    path: str
    method: str | None = None
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    after: int = 0
    kind: str = "status"
    when_page_larger_than: int | None = None
    every: int | None = None
    delay: float = 0.0
    query: Mapping[str, str] = field(default_factory=dict)
    rows: int = 1
    hits: int = 0
    seen: int = 0

    def hits_request(self, method: str, path: str, query: Mapping[str, list[str]]) -> bool:
        """Whether the fault applies to this request; counts the matching requests."""
        if not self._matches(method, path, query):
            return False
        self.seen += 1
        if self.every:
            applies = self.seen > self.after and (self.seen - self.after) % self.every == 0
        elif self.when_page_larger_than is not None and self.times == 1:
            applies = self.seen > self.after
        else:
            applies = self.after < self.seen <= self.after + self.times
        self.hits += applies
        return applies

    def _matches(self, method: str, path: str, query: Mapping[str, list[str]]) -> bool:
        if self.method not in (None, method) or not _path_matches(path, self.path):
            return False
        if self.kind == "expired_cursor" and not CURSORS.intersection(query):
            return False
        if any(value not in query.get(name, []) for name, value in self.query.items()):
            return False
        return self.when_page_larger_than is None or _page_size(query) > self.when_page_larger_than


def _path_matches(path: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, f"/api/v2/{pattern.lstrip('/')}")


def _page_size(query: Mapping[str, list[str]]) -> int:
    sizes = [int(query[name][-1]) for name in PAGE_SIZES if name in query and query[name][-1].isdigit()]
    return sizes[0] if sizes else 1000


class Faults:
    """All faults of the account; the first one that applies to a request is used."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._last: dict[str, Reply] = {}

    def add(self, path: str, **options: Any) -> Fault:
        """Fail the next `times` matching requests after the first `after`, or every `every`-th one indefinitely.

        With `when_page_larger_than` alone, every request for a larger page fails. `withhold` drops the first `rows`.
        """
        fault = Fault(path, **options)
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind}: no such kind of fault; there are {', '.join(KINDS)}")
        if fault.kind == "timeout" and not fault.delay:
            fault.delay = TIMEOUT_DELAY
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()
        self._last.clear()

    def match(self, method: str, path: str, query: Mapping[str, list[str]]) -> Fault | None:
        """The fault that applies to this request, if any."""
        return next((fault for fault in self.faults if fault.hits_request(method, path, query)), None)

    def replacement(self, fault: Fault) -> Reply | None:
        """The reply of a fault that replaces the account's reply; None for the others."""
        if fault.kind == "status":
            body = BODIES.get(fault.status, "") if fault.body is None else fault.body
            return _reply(fault.status, body, fault.headers)
        if fault.kind == "empty_body":
            return Reply(fault.status if fault.status != 500 else 403, b"", dict(fault.headers))
        if fault.kind == "not_json":
            return Reply(200, b"<html><body>Please wait</body></html>", {"Content-Type": "text/html", **fault.headers})
        if fault.kind == "expired_cursor":
            body = {"error": "InvalidCursor", "description": "The cursor is invalid or has expired"}
            return _reply(fault.status if fault.status != 500 else 400, fault.body or body, fault.headers)
        return None

    def damage(self, fault: Fault, path: str, reply: Reply) -> Reply:
        """The account's reply as the fault changes it."""
        headers = reply.headers | dict(fault.headers)
        if fault.kind == "repeat":
            return self._last.get(path, reply)
        if fault.kind == "cut_json":
            return Reply(reply.status, reply.body[: len(reply.body) // 2], headers)
        if fault.kind in ("truncate", "reset"):
            return Reply(reply.status, reply.body, headers | {"x-emulator-fault": fault.kind})
        if fault.kind == "withhold":
            return Reply(reply.status, orjson.dumps(_drop_rows(fault.rows, orjson.loads(reply.body))), headers)
        if fault.kind in ("empty", "no_list", "no_meta"):
            return Reply(reply.status, orjson.dumps(_without(fault.kind, orjson.loads(reply.body))), headers)
        return reply

    def remember(self, path: str, reply: Reply) -> None:
        """Store the first reply of a path for faults of kind `repeat`."""
        if any(fault.kind == "repeat" for fault in self.faults) and path not in self._last:
            self._last[path] = reply


def _drop_rows(rows: int, body: Row) -> Row:
    """A page without its first rows and with an unchanged count."""
    return {name: value[rows:] if isinstance(value, list) else value for name, value in body.items()}


def _without(kind: str, body: Row) -> Row:
    if kind == "no_meta":
        return {
            name: value for name, value in body.items() if name not in ("meta", "links", "next_page", "end_of_stream")
        }
    lists = [name for name, value in body.items() if isinstance(value, list)]
    if kind == "no_list":
        return {name: value for name, value in body.items() if name not in lists}
    return body | {name: [] for name in lists}


def _reply(status: int, body: Any, headers: Mapping[str, str]) -> Reply:
    if isinstance(body, bytes):
        return Reply(status, body, dict(headers))
    if isinstance(body, str):
        kind = "text/html" if body.startswith("<") else "text/plain"
        return Reply(status, body.encode(), {"Content-Type": f"{kind}; charset=utf-8", **headers})
    return Reply(status, orjson.dumps(body), dict(headers))
