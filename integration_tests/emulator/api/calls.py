"""The argument of the handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Account
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.routes import Endpoint
from integration_tests.emulator.data.rows import Row, Rows


@dataclass
class Call:
    """A request, matched to its endpoint."""

    account: Account
    endpoint: Endpoint
    params: Mapping[str, str]
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    path: str
    brand: Any = None

    def query_value(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[-1] if values else None

    def query_number(self, name: str, default: int | None = None) -> int | None:
        """An integer query parameter; 400 if it is not an integer."""
        text = self.query_value(name)
        if text is None:
            return default
        if not text.lstrip("-").isdigit():
            raise errors.bad_parameter(name, "must be an integer")
        return int(text)

    def query_list(self, *names: str) -> list[str]:
        """The values of a comma-separated query parameter, or of its `[]` form."""
        texts = [text for name in names for text in self.query.get(name, [])]
        return [part.strip() for text in texts for part in text.split(",") if part.strip()]

    def json_body(self) -> Row:
        """The JSON object of the body, empty without a body; 422 if it is not a JSON object."""
        try:
            value = orjson.loads(self.body) if self.body else {}
        except orjson.JSONDecodeError as error:
            raise errors.unprocessable_body() from error
        if not isinstance(value, dict):
            raise errors.unprocessable_body()
        return value

    def url(self, query: Iterable[tuple[str, str]]) -> str:
        """The URL of the request with another query."""
        return self.base + self.path + encode(query)

    def query_pairs(self, *without: str) -> list[tuple[str, str]]:
        """The query parameters, except the named ones."""
        return [(name, value) for name, values in self.query.items() if name not in without for value in values]

    def sideloads(self) -> list[str]:
        """The requested sideloads, except those that the account ignores."""
        return [name for name in self.query_list("include") if name not in self.account.options.ignored_sideloads]


Handler = Callable[[Call], "Reply | Rows"]


def encode(query: Iterable[tuple[str, str]]) -> str:
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    return f"?{pairs}" if pairs else ""
