"""What a handler is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from integration_tests.emulator import errors

if TYPE_CHECKING:
    from integration_tests.emulator.account import Account
    from integration_tests.emulator.routes import Endpoint

Row = dict[str, Any]


@dataclass
class Reply:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Rows:
    """The records of a list in their order, serialised only when a page needs them."""

    ids: Sequence[Any]
    json: Callable[[Any], bytes]

    def dicts(self, ids: Iterable[Any] | None = None) -> list[Row]:
        return [orjson.loads(self.json(i)) for i in (self.ids if ids is None else ids)]

    def where(self, keep: Callable[[Row], bool]) -> Rows:
        """The records that a filter keeps."""
        return Rows([i for i in self.ids if keep(orjson.loads(self.json(i)))], self.json)

    def sorted_by(self, name: str, *, descending: bool = False) -> Rows:
        """By one field; rows without it come first, equal ones keep their order."""

        def key(pair: tuple[Row, Any]) -> tuple[int, float, str]:
            value = pair[0].get(name)
            number = value if isinstance(value, (int, float)) else 0
            return (value is not None, number, value if isinstance(value, str) else "")

        pairs = sorted(zip(self.dicts(), self.ids, strict=True), key=key, reverse=descending)
        return Rows([i for _, i in pairs], self.json)


def listing(rows: Iterable[Row]) -> Rows:
    """Rows made for this one answer."""
    made = [orjson.dumps(row) for row in rows]
    return Rows(range(len(made)), made.__getitem__)


def ok(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, orjson.dumps(body), headers)


def created(key: str, row: Row) -> Reply:
    return Reply(201, orjson.dumps({key: row}), {"Location": str(row.get("url") or "")})


def no_content() -> Reply:
    return Reply(204)


def page_body(key: str, fragments: Iterable[bytes], more: Mapping[str, Any]) -> bytes:
    """`{"key": [rows], ...more}` without parsing the rows again."""
    rest = orjson.dumps(dict(more))[1:]
    return b'{"%b":[' % key.encode() + b",".join(fragments) + (b"]," if len(rest) > 1 else b"]") + rest


@dataclass
class Call:
    """One request, matched to its endpoint."""

    account: Account
    endpoint: Endpoint
    params: Mapping[str, str]
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    path: str

    def one(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[-1] if values else None

    def number(self, name: str, default: int | None = None) -> int | None:
        """An integer parameter; 400 when it is something else."""
        text = self.one(name)
        if text is None:
            return default
        if not text.lstrip("-").isdigit():
            raise errors.bad_parameter(name, "must be an integer")
        return int(text)

    def listed(self, *names: str) -> list[str]:
        """The values of a comma-separated parameter, or of its `[]` form."""
        texts = [text for name in names for text in self.query.get(name, [])]
        return [part.strip() for text in texts for part in text.split(",") if part.strip()]

    def payload(self) -> Row:
        """The JSON object of the body, empty when there is none; 422 when it cannot be parsed."""
        try:
            value = orjson.loads(self.body) if self.body else {}
        except orjson.JSONDecodeError as error:
            raise errors.unprocessable_body() from error
        if not isinstance(value, dict):
            raise errors.unprocessable_body()
        return value

    def url(self, query: Iterable[tuple[str, str]]) -> str:
        """The address of the request with another query."""
        return self.base + self.path + self.account.encode(query)

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """The query as sent, less the named parameters."""
        return [(name, value) for name, values in self.query.items() if name not in without for value in values]


Handler = Callable[[Call], "Reply | Rows"]
Key = Hashable
