"""Transformations of the records of a page: parent ids, types, redaction."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from source_zendesk import json_values
from source_zendesk.manifest.resources import load_schema
from source_zendesk.output.action_redaction import MASK, mask_url_and_header_secrets

Row = dict[str, Any]
OTHERWISE = "x-otherwise"
KINDS = {"string": str, "array": list, "object": dict}
# No more digits than 64 bits have: longer ones stay text.
INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class TypeCoercion:
    """Brings fields that `x-otherwise` of a schema marks into the type that they have there; all others stay as sent.

    What is no text comes as its JSON text, what is no list in a list of one, and what is no object in an object, under
    the name that the mark says. Null stays null.
    """

    coerced_fields: Mapping[str, tuple[type, str]] = field(default_factory=dict)

    @classmethod
    @cache
    def from_schema(cls, name: str, product: str) -> "TypeCoercion":
        """Those of the fields of a schema."""
        fields = load_schema(name, product)["properties"]
        return cls({field: _coercion(node) for field, node in fields.items() if OTHERWISE in node})

    def coerce(self, rows: list[Row]) -> list[Row]:
        """The same rows, and in the place of those with a value of another type copies with it in form."""
        for name, (kind, otherwise) in self.coerced_fields.items():
            fitting = (kind, type(None))
            rows = [
                row if type(row.get(name)) in fitting else {**row, name: _coerced(row[name], kind, otherwise)}
                for row in rows
            ]
        return rows


def coerce_id(value: Any, kind: str) -> Any:
    """An id in the type of its field: a number as text, or a text of digits as a number."""
    if kind == "integer" and isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    return _coerced(value, str, "") if kind == "string" and value is not None else value


def _coercion(node: Mapping[str, Any]) -> tuple[type, str]:
    (kind,) = (KINDS[name] for name in node["type"] if name != "null")
    return kind, node[OTHERWISE]


def _coerced(value: Any, kind: type, otherwise: str) -> Any:
    if kind is str:
        return value if isinstance(value, str) else json_values.dumps(value).decode()
    return [value] if kind is list else {otherwise: value}


BRAND = "brand_id"
ID = "integer"
SIGNERS = "@"


@dataclass(frozen=True)
class RecordNormalizer:
    """Adds the parents' ids, those of the path as `key_types` says, and the epoch second of reading (`stamp`).

    Takes off the fields `unasked`, puts a mask in the place of what the paths `masked` lead to, and brings values into
    the `forms` that are declared. A mask of an object hides all that is in it; a text where the path goes through an
    object is hidden too.
    """

    key_types: Mapping[str, str] = field(default_factory=dict)
    is_per_brand: bool = False
    read_at_field: str = ""
    foreign_sideloads: Sequence[str] = ()
    redacted: Sequence[str] = ()
    coercion: TypeCoercion = field(default_factory=TypeCoercion)

    def transform(self, rows: list[Row], values: Mapping[str, Any], asked_at: int) -> list[Row]:
        """The records of a page that was asked for with these values, at that epoch second."""
        added = {name: coerce_id(values[name], kind) for name, kind in self.key_types.items() if name in values}
        if self.read_at_field:
            added[self.read_at_field] = asked_at
        if added:
            rows = [{**added, **row} for row in rows]
        if self.is_per_brand:
            brand = coerce_id(values.get(BRAND), ID)
            rows = [row if row.get(BRAND) else {**row, BRAND: brand} for row in rows]
        if self.foreign_sideloads:
            rows = [{name: value for name, value in row.items() if name not in self.foreign_sideloads} for row in rows]
        return self.coercion.coerce(redact_paths(rows, self.redacted))


def redact_paths(rows: list[Row], paths: Iterable[str]) -> list[Row]:
    """The rows with a mask in the place of what dotted paths lead to.

    A path that ends in `@` leads to a text, of which only who signs addresses and the secrets of headers are masked.
    """
    for path in paths:
        hide = _without_signers if path.endswith(SIGNERS) else _mask
        rows = [_redact_path(row, path.removesuffix(SIGNERS).split("."), hide) for row in rows]
    return rows


def _redact_path(value: Any, path: list[str], hide: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_redact_path(item, path, hide) for item in value]
    if not path or not isinstance(value, dict):
        return hide(value)
    if path[0] not in value:
        return value
    return {**value, path[0]: _redact_path(value[path[0]], path[1:], hide)}


def _without_signers(value: Any) -> Any:
    return mask_url_and_header_secrets(value) if isinstance(value, str) else value


def _mask(value: Any) -> Any:
    """The same without its leaves; what is empty shows that there is nothing."""
    if isinstance(value, dict):
        return {name: _mask(inner) for name, inner in value.items()}
    return value if value in (None, "", [], {}) else MASK
