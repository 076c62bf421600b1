"""The endpoints, read from `endpoints.json` here and in each product: one object each, sorted by path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent
PRODUCTS = HERE.parent / "products"
PAGE_PARAMETERS = {
    "cursor": ("page[size]", "page[after]", "page[before]"),
    "offset": ("page", "per_page"),
    "numbered": ("page", "pageSize"),
    "after": ("page[size]", "page[after]", "page[before]"),
}


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: its path, its parameters and its handler (`serve`).

    `through` gives the collections of placeholders that only this path has. If `brand` is set, the host of each
    help center serves its own rows; if `help_center` is set, each of them serves those of the account. If `admin` is
    set, agents are refused. `fields` are the returned fields, if the endpoint returns only some of the object's.
    `account` is the product whose own credentials it needs, `host` its host if it is not the account's, and `block` has
    the fields of a configuration besides the secret.
    `largest` is the maximum page size, and `example` the example request if the other fields do not determine it.
    """

    method: str
    path: str
    serve: str
    of: str = ""
    key: str = ""
    id: str = ""
    where: str = ""
    column: str = ""
    paging: tuple[str, ...] = ()
    parent: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, int] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    extra: int = 0
    product: str = ""
    through: Mapping[str, str] = field(default_factory=dict)
    brand: int = 0
    help_center: int = 0
    account: str = ""
    host: str = ""
    block: Mapping[str, Any] = field(default_factory=dict)
    admin: int = 0
    largest: int = 100
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def placeholders(self) -> list[str]:
        return re.findall(r"\{([^}]+)\}", self.path)

    @property
    def accepts(self) -> frozenset[str]:
        """The accepted query parameters."""
        return _accepts(self.method, tuple(self.query), self.paging)

    @property
    def required(self) -> list[str]:
        return [name for name, needed in self.query.items() if needed]

    def pages(self, kind: str) -> bool:
        return kind in self.paging or f"{kind} only" in self.paging


@cache
def _accepts(method: str, query: tuple[str, ...], paging: tuple[str, ...]) -> frozenset[str]:
    kinds = {word.split()[0] for word in paging}
    names = [name for kind in kinds for name in PAGE_PARAMETERS[kind]]
    return frozenset([*query, *names, *(["include"] if method == "GET" else [])])


def _endpoint(row: dict[str, Any]) -> Endpoint:
    for name in ("paging", "include", "fields"):
        row[name] = tuple(row.get(name, ()))
    return Endpoint(**row)


def _with_common_fields(content: Any) -> list[dict[str, Any]]:
    """The rows of a file: a list, or an object with them and the fields that all of them have in `common`."""
    if isinstance(content, list):
        return content
    return [content["common"] | row for row in content["endpoints"]]


@cache
def accounts() -> dict[str, Mapping[str, Any]]:
    """The products with credentials of their own, each with the fields of its block besides the secret."""
    return {endpoint.account: endpoint.block for endpoint in endpoints() if endpoint.account}


@lru_cache(maxsize=1)
def endpoints() -> tuple[Endpoint, ...]:
    rows = orjson.loads((HERE / "endpoints.json").read_bytes())
    for file in sorted(PRODUCTS.glob("*/endpoints.json")):
        rows += [row | {"product": file.parent.name} for row in _with_common_fields(orjson.loads(file.read_bytes()))]
    return tuple(_endpoint(row) for row in rows)


def nearest(method: str, path: str) -> str:
    """The endpoint closest to an unknown path."""
    known = [f"{e.method} {e.path}" for e in endpoints()]
    return next(iter(difflib.get_close_matches(f"{method} {path}", known, n=1, cutoff=0.0)), "")
