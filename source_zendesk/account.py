"""The account's custom fields and custom objects."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.extract.column_types import TEXT, TYPES
from source_zendesk.extract.custom_fields import CUSTOM, REFUSED_LISTS
from source_zendesk.extract.sideload_join import parse_include
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import Endpoint
from source_zendesk.manifest.catalog import SIDELOADS
from source_zendesk.manifest.custom_objects import KEY
from source_zendesk.manifest.placeholders import InvalidPathValueError, check_value
from source_zendesk.safe_names import escape_name

LOGGER = logging.getLogger("airbyte")
Row = Mapping[str, Any]
Rows = Callable[[str, Mapping[str, object]], Iterator[Row]]
# The statuses with which Zendesk responds if an account has no custom objects; a 403 may also concern the role.
UNAVAILABLE_STATUSES = (402, 404, 410)
FieldList = tuple[str, str]
"""The stream of a list, and the key of the custom object whose fields it lists."""
REFUSED = (
    "`custom_fields`: `columns` needs the list %s, which Zendesk refuses, %s. %s, but the records contain all values. "
    "If the plan includes the list, give the user of `credentials` a role that may read it and run discover again"
)


@dataclass
class Account:
    """Requests the account's fields and objects when they are first needed, each list once.

    `rows` returns the rows of a stream for the values of its parent. A list that Zendesk refuses is empty; a warning
    names it, and so does the schema of each stream that lacks its columns.
    """

    rows: Rows
    definitions: Mapping[str, Any]
    _lists: dict[FieldList, list[Row]] = field(default_factory=dict)
    _refused: set[FieldList] = field(default_factory=set)

    def custom_object_keys(self) -> list[str]:
        """The keys of the custom objects."""
        rows = self._cached_list(self._objects)
        return list(dict.fromkeys(row["key"] for row in rows if _has_valid_key(row)))

    def added_properties(self, endpoint: Endpoint, include: Iterable[str]) -> dict[str, Any]:
        """The properties that custom fields add to a stream's records and to their sideloaded objects."""
        options: Mapping[str, Any] = self.definitions["custom_fields"]
        sideloads = {name for _, name in map(parse_include, include)}
        sideloaded = {
            option["sideload"]: {"type": ["null", "array"], "items": object_schema(self._custom(option))}
            for option in options.values()
            if option.get("sideload") in sideloads
        }
        has_custom_fields = endpoint.schema in options and endpoint.kind != "action"
        properties = self._custom(options[endpoint.schema], endpoint) if has_custom_fields else {}
        return (
            {**properties, "sideloads": {**SIDELOADS["sideloads"], "properties": sideloaded}}
            if sideloaded
            else properties
        )

    @property
    def _objects(self) -> FieldList:
        return self.definitions["custom_objects"]["objects"], ""

    def _custom(self, option: Mapping[str, object], endpoint: Endpoint | None = None) -> dict[str, object]:
        lists = self._field_lists(option, endpoint)
        properties = self._properties(option, (row for each in lists for row in self._cached_list(each)))
        custom = {
            **object_schema(properties),
            "description": "The custom fields, typed by the account's field lists.",
        }
        sources = [*([self._objects] if option.get("per_object") else []), *lists]
        refused = [list_name(each) for each in sources if each in self._refused]
        return {CUSTOM: {**custom, REFUSED_LISTS: refused} if refused else custom}

    def _field_lists(self, option: Mapping[str, Any], endpoint: Endpoint | None) -> list[FieldList]:
        """The lists of a kind of record; for the stream of one custom object, only the list of that object."""
        if not option.get("per_object"):
            return [(option["fields"], "")]
        keys = [endpoint.custom_object] if endpoint and endpoint.custom_object else self.custom_object_keys()
        return [(option["fields"], key) for key in keys]

    def _properties(self, option: Mapping[str, Any], fields: Iterable[Row]) -> dict[str, Any]:
        """A property for each field; none for a key that has several types among the custom objects."""
        properties: dict[str, Any] = {}
        mixed: set[str] = set()
        for row in fields:
            key = row.get(option["key"])
            if isinstance(key, bool) or not isinstance(key, (str, int)) or not key:
                LOGGER.warning("A custom field has no usable `%s`, so it has no column: %.100r", option["key"], key)
                continue
            if any(row.get(name) == value for name, value in option.get("unless", {}).items()):
                continue
            name, schema = escape_name(f"{option.get('prefix', '')}{key}"), self._schema(row)
            if name in properties and without_labels(properties[name]) != without_labels(schema):
                mixed.add(name)
            properties.setdefault(name, schema)
        return {name: schema for name, schema in properties.items() if name not in mixed}

    def _schema(self, row: Row) -> dict[str, object]:
        kind = self.definitions["column_types"].get(str(row.get("type")), TEXT.name)
        if kind in ("id", "ids"):
            is_numbered = str(row.get("relationship_target_type")) in self.definitions["integer_id_targets"]
            kind = ("integer" if is_numbered else "text") + ("s" if kind == "ids" else "")
        labels = {name: row[name] for name in ("title", "description") if isinstance(row.get(name), str) and row[name]}
        return {**TYPES[kind].schema, **labels}

    def _cached_list(self, field_list: FieldList) -> list[Row]:
        if field_list not in self._lists:
            self._lists[field_list] = list(self._request_list(field_list))
        return self._lists[field_list]

    def _request_list(self, field_list: FieldList) -> Iterator[Row]:
        stream, key = field_list
        try:
            yield from self.rows(stream, {KEY: key} if key else {})
        except StreamSkipped as refused:
            is_of_objects = field_list == self._objects
            if is_of_objects and refused.status in UNAVAILABLE_STATUSES:
                return
            self._refused.add(field_list)
            effect = "No custom object has a stream or columns" if is_of_objects else "Its fields have no columns"
            LOGGER.warning(REFUSED, list_name(field_list), refused, effect)


def list_name(field_list: FieldList) -> str:
    """The list in a message: its stream, and the custom object whose fields it lists."""
    stream, key = field_list
    return f"{stream} of the custom object {key}" if key else stream


def _has_valid_key(row: Row) -> bool:
    """Whether a custom object's key is a valid path segment; logs a warning if not."""
    key = row.get("key")
    try:
        check_value(KEY, key if isinstance(key, str) else "")
    except InvalidPathValueError:
        LOGGER.warning("A custom object has a key that is not a valid path segment, so it has no stream: %.100r", key)
        return False
    return True


def object_schema(properties: Mapping[str, object]) -> dict[str, object]:
    """A nullable object with these properties."""
    return {"type": ["null", "object"], "additionalProperties": True, "properties": properties}


def without_labels(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema without `title` and `description`."""
    return {name: value for name, value in schema.items() if name not in ("title", "description")}
