"""The one form of fields whose values come in several."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from source_zendesk import json_values
from source_zendesk.manifest.resources import load_schema

Row = dict[str, Any]
OTHERWISE = "x-otherwise"
KINDS = {"string": str, "array": list, "object": dict}
# No more digits than 64 bits have: longer ones stay text.
INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class Forms:
    """Brings fields that `x-otherwise` of a schema marks into the type that they have there; all others stay as sent.

    What is no text comes as its JSON text, what is no list in a list of one, and what is no object in an object, under
    the name that the mark says. Null stays null.
    """

    varying: Mapping[str, tuple[type, str]] = field(default_factory=dict)

    @classmethod
    @cache
    def of_schema(cls, name: str, product: str) -> "Forms":
        """Those of the fields of a schema."""
        fields = load_schema(name, product)["properties"]
        return cls({field: _form(node) for field, node in fields.items() if OTHERWISE in node})

    def of(self, rows: list[Row]) -> list[Row]:
        """The same rows, and in the place of those with a value of another type copies with it in form."""
        for name, (kind, otherwise) in self.varying.items():
            fitting = (kind, type(None))
            rows = [
                row if type(row.get(name)) in fitting else {**row, name: _formed(row[name], kind, otherwise)}
                for row in rows
            ]
        return rows


def typed(value: Any, kind: str) -> Any:
    """An id in the type of its field: a number as text, or a text of digits as a number."""
    if kind == "integer" and isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    return _formed(value, str, "") if kind == "string" and value is not None else value


def _form(node: Mapping[str, Any]) -> tuple[type, str]:
    (kind,) = (KINDS[name] for name in node["type"] if name != "null")
    return kind, node[OTHERWISE]


def _formed(value: Any, kind: type, otherwise: str) -> Any:
    if kind is str:
        return value if isinstance(value, str) else json_values.dumps(value).decode()
    return [value] if kind is list else {otherwise: value}
