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
FALLBACK_PROPERTY = "x-otherwise"
PYTHON_TYPES = {"string": str, "array": list, "object": dict}
# At most the digits of a 64-bit integer; longer numbers stay strings.
INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class TypeCoercion:
    """Coerces the fields that a schema marks with `x-otherwise` to their type; all other fields are unchanged.

    A value becomes its JSON text (`string`), a list of one (`array`), or an object with the value under the property
    that the mark names (`object`). Null stays null.
    """

    coerced_fields: Mapping[str, tuple[type, str]] = field(default_factory=dict)

    @classmethod
    @cache
    def from_schema(cls, name: str, product: str) -> "TypeCoercion":
        """The coercion of the marked fields of a schema."""
        fields = load_schema(name, product)["properties"]
        return cls({field: _coercion(node) for field, node in fields.items() if FALLBACK_PROPERTY in node})

    def coerce(self, rows: list[Row]) -> list[Row]:
        """The rows with coerced fields; copies the rows that change."""
        for name, (kind, property_name) in self.coerced_fields.items():
            allowed_types = (kind, type(None))
            rows = [
                row if type(row.get(name)) in allowed_types else {**row, name: _coerced(row[name], kind, property_name)}
                for row in rows
            ]
        return rows


def coerce_id(value: Any, kind: str) -> Any:
    """An id in the type of its field: a number as a string, or a string of digits as an integer."""
    if kind == "integer" and isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    return _coerced(value, str, "") if kind == "string" and value is not None else value


def _coercion(node: Mapping[str, Any]) -> tuple[type, str]:
    (kind,) = (PYTHON_TYPES[name] for name in node["type"] if name != "null")
    return kind, node[FALLBACK_PROPERTY]


def _coerced(value: Any, kind: type, property_name: str) -> Any:
    if kind is str:
        return value if isinstance(value, str) else json_values.dumps(value).decode()
    return [value] if kind is list else {property_name: value}


BRAND = "brand_id"
BRAND_ID_TYPE = "integer"
URL_SECRETS_SUFFIX = "@"


@dataclass(frozen=True)
class RecordNormalizer:
    """Normalizes the records of a page: adds parent ids, redacts and coerces values.

    Parent ids from the path get their type in `path_param_types`. `read_at_field` gets the epoch second of the request.
    The values at the paths `redacted` are masked: an object is masked in all its values, and a string is masked even
    where the path expects an object.
    """

    path_param_types: Mapping[str, str] = field(default_factory=dict)
    is_per_brand: bool = False
    read_at_field: str = ""
    redacted: Sequence[str] = ()
    coercion: TypeCoercion = field(default_factory=TypeCoercion)

    def transform(self, rows: list[Row], values: Mapping[str, Any], requested_at: int) -> list[Row]:
        """The records of a page that was requested with these values at this epoch second."""
        added = {name: coerce_id(values[name], kind) for name, kind in self.path_param_types.items() if name in values}
        if self.read_at_field:
            added[self.read_at_field] = requested_at
        if added:
            rows = [{**added, **row} for row in rows]
        if self.is_per_brand:
            brand = coerce_id(values.get(BRAND), BRAND_ID_TYPE)
            rows = [row if row.get(BRAND) else {**row, BRAND: brand} for row in rows]
        return self.coercion.coerce(redact_paths(rows, self.redacted))


def redact_paths(rows: list[Row], paths: Iterable[str]) -> list[Row]:
    """The rows with the values at dotted paths masked.

    In a string whose path ends in `@`, only the signatures of URLs and the secrets of headers are masked.
    """
    for path in paths:
        redact = _redact_url_secrets if path.endswith(URL_SECRETS_SUFFIX) else _redact_value
        rows = [_redact_path(row, path.removesuffix(URL_SECRETS_SUFFIX).split("."), redact) for row in rows]
    return rows


def _redact_path(value: Any, path: list[str], redact: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_redact_path(item, path, redact) for item in value]
    if not path or not isinstance(value, dict):
        return redact(value)
    if path[0] not in value:
        return value
    return {**value, path[0]: _redact_path(value[path[0]], path[1:], redact)}


def _redact_url_secrets(value: Any) -> Any:
    return mask_url_and_header_secrets(value) if isinstance(value, str) else value


def _redact_value(value: Any) -> Any:
    """The value with its leaves masked; empty values stay, so that their absence is visible."""
    if isinstance(value, dict):
        return {name: _redact_value(inner) for name, inner in value.items()}
    return value if value in (None, "", [], {}) else MASK
