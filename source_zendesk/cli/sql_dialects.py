"""How SQL dialects quote names and texts, and read a typed value out of a JSON column."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.extract.custom_fields import CUSTOM
from source_zendesk.printable import printable_text


@dataclass(frozen=True)
class Dialect:
    """A dialect: templates with `{column}` and `{key}`, by the kind of the value.

    `text` is the value as text, `json` the value as JSON, `cast` a conversion of a text to `{type}`.
    """

    text: str
    json: str
    cast: str
    types: Mapping[str, str]
    quotation: str = '"'
    is_upper_case: bool = False
    has_backslash_escapes: bool = False
    key_form: str = "plain"
    is_replaced: bool = True

    def quote(self, name: str) -> str:
        """A quoted name."""
        name = printable_text(name.upper() if self.is_upper_case else name)
        if self.quotation == "`":
            return f"`{name.replace(chr(92), chr(92) * 2).replace('`', chr(92) + '`')}`"
        return f'"{name.replace(chr(34), chr(34) * 2)}"'

    def literal(self, text: str) -> str:
        """A text in single quotes."""
        if self.has_backslash_escapes:
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return "'" + text.replace("'", "''") + "'"

    def create_view(self, name: str) -> list[str]:
        """The start of the statement; PostgreSQL does not replace a view whose columns change."""
        if self.is_replaced:
            return [f"CREATE OR REPLACE VIEW {name} AS"]
        return [f"DROP VIEW IF EXISTS {name};", f"CREATE VIEW {name} AS"]

    def value(self, key: str, schema: Mapping[str, Any]) -> str:
        """The value of a custom field with the type of its schema; arrays stay arrays."""
        parts = {"column": f"t.{self.quote(CUSTOM)}", "key": self.literal(_key(key, self.key_form))}
        kind = _kind(schema)
        if kind in ("array", "integers"):
            value = self.json.format(**parts)
            return self.cast.format(value=value, type=self.types[kind]) if kind in self.types else value
        text = self.text.format(**parts)
        return text if kind == "string" else self.cast.format(value=text, type=self.types[kind])


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", [])
    kind = next((each for each in ([kinds] if isinstance(kinds, str) else kinds) if each != "null"), "string")
    if kind == "array":
        items = schema.get("items")
        return "integers" if isinstance(items, Mapping) and "integer" in items.get("type", []) else "array"
    if kind == "string" and schema.get("format") == "date":
        return "date"
    return kind if kind in ("boolean", "integer", "number") else "string"


def _key(key: str, form: str) -> str:
    """The key as JSON pointer, as JSON path, or unchanged."""
    if form == "pointer":
        return "/" + key.replace("~", "~0").replace("/", "~1")
    return f"$.{json.dumps(key, ensure_ascii=False)}" if form == "path" else key


DIALECTS = {
    "duckdb": Dialect(
        text="({column}->>{key})",
        json="({column}->{key})",
        cast="TRY_CAST({value} AS {type})",
        types={
            "boolean": "BOOLEAN",
            "integer": "BIGINT",
            "number": "DOUBLE",
            "date": "DATE",
            "array": "VARCHAR[]",
            "integers": "BIGINT[]",
        },
        key_form="pointer",
    ),
    "postgres": Dialect(
        text="({column}::jsonb->>{key})",
        json="({column}::jsonb->{key})",
        cast="CAST({value} AS {type})",
        types={"boolean": "boolean", "integer": "bigint", "number": "double precision", "date": "date"},
        is_replaced=False,
    ),
    "bigquery": Dialect(
        text="JSON_VALUE({column}, {key})",
        json="JSON_QUERY({column}, {key})",
        cast="SAFE_CAST({value} AS {type})",
        types={"boolean": "BOOL", "integer": "INT64", "number": "FLOAT64", "date": "DATE"},
        quotation="`",
        has_backslash_escapes=True,
        key_form="path",
    ),
    "snowflake": Dialect(
        text="CAST(GET({column}, {key}) AS VARCHAR)",
        json="CAST(GET({column}, {key}) AS ARRAY)",
        cast="TRY_CAST({value} AS {type})",
        types={"boolean": "BOOLEAN", "integer": "NUMBER(38, 0)", "number": "FLOAT", "date": "DATE"},
        is_upper_case=True,
        has_backslash_escapes=True,
    ),
}
"""The dialects by name. Airbyte's and other loaders store `custom` as JSON (BigQuery), `jsonb`, or `OBJECT`."""
