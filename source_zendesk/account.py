"""What the account itself defines: its custom fields and its custom objects."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.column_types import TEXT, TYPES
from source_zendesk.components.reading.custom_columns import CUSTOM
from source_zendesk.components.reading.sideload_join import parts
from source_zendesk.components.requests.outcome import StreamSkipped
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Entry
from source_zendesk.manifest.catalog import SIDELOADS
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.manifest.placeholders import UnfitValueError, check_value

LOGGER = logging.getLogger("airbyte")
Row = Mapping[str, Any]
Rows = Callable[[str, Mapping[str, Any]], Iterator[Row]]
# How Zendesk says that an account has no custom objects at all; a 403 may also be about the role.
LACKING = (402, 404, 410)


@dataclass
class Account:
    """Asks for its fields and objects when they are first needed, each list once and whole.

    `rows` gives those of a stream, for the values of its parent. Raises `ConfigError` for a list that Zendesk refuses.
    """

    rows: Rows
    definitions: Mapping[str, Any]
    _lists: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def objects(self) -> list[str]:
        """The keys of the custom objects."""
        rows = self._listed(self.definitions["custom_objects"]["objects"])
        return list(dict.fromkeys(row["key"] for row in rows if _is_fit(row)))

    def added(self, entry: Entry, include: Iterable[str]) -> dict[str, Any]:
        """The properties that custom fields add to a stream's records and to those side-loaded beside them."""
        facts: Mapping[str, Any] = self.definitions["custom_columns"]
        asked = {name for _, name in map(parts, include)}
        beside = {
            about["sideload"]: {"type": ["null", "array"], "items": _object(self._custom(about))}
            for about in facts.values()
            if about.get("sideload") in asked
        }
        has_own = entry.schema in facts and entry.kind != "action"
        own = self._custom(facts[entry.schema], entry) if has_own else {}
        return {**own, "sideloads": {**SIDELOADS["sideloads"], "properties": beside}} if beside else own

    def _custom(self, about: Mapping[str, Any], entry: Entry | None = None) -> dict[str, Any]:
        properties = self._properties(about, self._fields(about, entry))
        told = "The custom fields, typed as the account's field lists say."
        return {CUSTOM: {**_object(properties), "description": told}}

    def _fields(self, about: Mapping[str, Any], entry: Entry | None) -> list[Row]:
        """All fields of the kind of record; those of one custom object alone for the stream of that object."""
        if not about.get("per_object"):
            return self._listed(about["fields"])
        keys = [entry.facts[KEY]] if entry and KEY in entry.facts else self.objects()
        return [row for key in keys for row in self._listed(about["fields"], key)]

    def _properties(self, about: Mapping[str, Any], fields: Iterable[Row]) -> dict[str, Any]:
        """A property for each field; none for a key that means several types, in the records of all objects."""
        found: dict[str, Any] = {}
        mixed: set[str] = set()
        for row in fields:
            key = row.get(about["key"])
            if isinstance(key, bool) or not isinstance(key, (str, int)) or not key:
                LOGGER.warning("A custom field has no usable `%s`, so it has no column: %.100r", about["key"], key)
                continue
            if any(row.get(name) == value for name, value in about.get("unless", {}).items()):
                continue
            name, schema = f"{about.get('prefix', '')}{key}", self._schema(row)
            if name in found and _untold(found[name]) != _untold(schema):
                mixed.add(name)
            found.setdefault(name, schema)
        return {name: schema for name, schema in found.items() if name not in mixed}

    def _schema(self, row: Row) -> dict[str, Any]:
        kind = self.definitions["column_types"].get(str(row.get("type")), TEXT.name)
        if kind in ("id", "ids"):
            is_numbered = str(row.get("relationship_target_type")) in self.definitions["numbered_targets"]
            kind = ("integer" if is_numbered else "text") + ("s" if kind == "ids" else "")
        told = {name: row[name] for name in ("title", "description") if isinstance(row.get(name), str) and row[name]}
        return {**TYPES[kind].schema, **told}

    def _listed(self, stream: str, key: str = "") -> list[Row]:
        if (stream, key) not in self._lists:
            self._lists[stream, key] = list(self._asked(stream, key))
        return self._lists[stream, key]

    def _asked(self, stream: str, key: str) -> Iterator[Row]:
        try:
            yield from self.rows(stream, {KEY: key} if key else {})
        except StreamSkipped as refused:
            if stream == self.definitions["custom_objects"]["objects"] and refused.status in LACKING:
                return
            whose = f" of the custom object {key}" if key else ""
            raise ConfigError(
                f"`custom_fields`: `columns` needs the list {stream}{whose}, which Zendesk refuses, {refused}. Give "
                "the user of `credentials` a role that may read it, or set `custom_fields` to `as_sent`."
            ) from refused


def _is_fit(row: Row) -> bool:
    """Whether a custom object has a key that can stand in a path; one that has none is told of."""
    key = row.get("key")
    try:
        check_value(KEY, key if isinstance(key, str) else "")
    except UnfitValueError:
        LOGGER.warning("A custom object has a key that cannot stand in a path, so it has no stream: %.100r", key)
        return False
    return True


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": ["null", "object"], "additionalProperties": True, "properties": properties}


def _untold(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("title", "description")}
