"""Record extractors: where the records are in a response."""

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.errors import ResponseError
from source_zendesk.extract import page_fields

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


@dataclass
class RecordExtractor(ABC):
    """Finds the records of an answer under `record_key`, a dotted path; raises `ResponseError` where there are none."""

    name: str
    record_key: str = ""

    def value_at_key(self, body: Any) -> Any:
        """What the dotted path `record_key` leads to, None where the answer does not have it."""
        for name in self.record_key.split("."):
            body = body.get(name) if isinstance(body, dict) else None
        return body

    @abstractmethod
    def extract(self, body: Any) -> list[Row]:
        """The records of an answer, as Zendesk sent them."""

    def cursor_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The rows that tell how far an export has come; those of the host where the records are side-loaded."""
        return rows

    def validate_objects(self, items: list[Any], key: str) -> list[Row]:
        """The items of the list `key`; null is no record and is told of, any other value that is none is an error."""
        if all(isinstance(item, dict) for item in items):
            return items
        positions = [position for position, item in enumerate(items) if item is None]
        others = [position for position, item in enumerate(items) if item is not None and not isinstance(item, dict)]
        if others:
            raise ResponseError(self.name, f"item {others[0]} of the list `{key}` is no object")
        told = ", ".join(map(str, positions))
        LOGGER.warning(
            "Stream %s: the list `%s` of an answer holds null (item %s), which is no row", self.name, key, told
        )
        return [item for item in items if item is not None]

    def nested_list(self, row: Row, key: str) -> list[Row]:
        """The items of a list inside a row, none where it is null or missing."""
        items = row.get(key)
        if isinstance(items, list):
            return self.validate_objects(items, key)
        if items is None:
            return []
        raise ResponseError(self.name, f"`{key}` is no list")


@dataclass
class ListExtractor(RecordExtractor):
    """One record for each item of the list under `record_key`.

    A bare value becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def extract(self, body: Any) -> list[Row]:
        """The items of the list; a list that is missing is an error, never an empty page."""
        items = self.value_at_key(body)
        if not isinstance(items, list):
            raise ResponseError(self.name, f"the answer has no list `{self.record_key}`")
        if self.item_field:
            items = [item if isinstance(item, dict) or item is None else {self.item_field: item} for item in items]
        return self.validate_objects(items, self.record_key)


@dataclass
class BareListExtractor(ListExtractor):
    """The items of the list under `record_key`, or of the answer itself where that is a list."""

    def extract(self, body: Any) -> list[Row]:
        """The items."""
        return self.validate_objects(body, "") if isinstance(body, list) else super().extract(body)


@dataclass
class OptionalListExtractor(ListExtractor):
    """The items of the list under `record_key`; none where it is missing and the answer says a `count` of 0.

    https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/
    """

    def extract(self, body: Any) -> list[Row]:
        """The items."""
        is_empty = page_fields.count(body) == 0 and self.value_at_key(body) is None
        return [] if is_empty else super().extract(body)


@dataclass
class FilteredListExtractor(ListExtractor):
    """The items of the list under `record_key` whose fields have the values that `part` names."""

    part: dict[str, Any] = field(default_factory=dict)

    def extract(self, body: Any) -> list[Row]:
        """Those items."""
        return [
            row for row in super().extract(body) if all(row.get(name) == value for name, value in self.part.items())
        ]

    def cursor_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """All items: a page that holds none of the part is no end."""
        return super().extract(body)


@dataclass
class SingleListExtractor(RecordExtractor):
    """One record for each item of the one list that there is; its key tells the resource, which an argument chose.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-sample-export
    """

    def extract(self, body: Any) -> list[Row]:
        """The items of the list."""
        lists = {key: value for key, value in body.items() if isinstance(value, list)} if isinstance(body, dict) else {}
        if len(lists) != 1:
            raise ResponseError(self.name, "the answer has no list of rows")
        ((key, items),) = lists.items()
        return self.validate_objects(items, key)


@dataclass
class MultiListExtractor(RecordExtractor):
    """The items of all lists that the answer has of `lists`; raises `ResponseError` where it has none."""

    lists: list[str] = field(default_factory=list)

    def extract(self, body: Any) -> list[Row]:
        """The items, list by list."""
        lists = body if isinstance(body, dict) else {}
        found = {name: lists[name] for name in self.lists if isinstance(lists.get(name), list)}
        if not found:
            raise ResponseError(self.name, f"the answer has none of the lists {', '.join(self.lists)}")
        return [row for name, items in found.items() for row in self.validate_objects(items, name)]


@dataclass
class NestedListExtractor(ListExtractor):
    """The items of the lists that `nested` names, one inside the other, in the rows under `record_key`.

    Each gets the ids of the rows around it, under the names of `nested_ids`.
    """

    nested: list[str] = field(default_factory=list)
    nested_ids: list[str] = field(default_factory=list)

    def extract(self, body: Any) -> list[Row]:
        """The innermost items."""
        found: list[tuple[Row, Row]] = [({}, row) for row in super().extract(body)]
        for key, name in zip(self.nested, self.nested_ids, strict=True):
            found = [
                ({**ids, name: row.get("id")}, inner) for ids, row in found for inner in self.nested_list(row, key)
            ]
        return [{**ids, **row} for ids, row in found]

    def cursor_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The rows around them: one without any inside is no end."""
        return super().extract(body)


@dataclass
class ObjectExtractor(RecordExtractor):
    """One record: the object under `record_key`, or the whole answer where there is no key.

    Some endpoints answer the object both bare and in an envelope, and some a list of one: all are read. A bare value
    becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def extract(self, body: Any) -> list[Row]:
        """The record, in a list of one."""
        found = self.value_at_key(body) if self.record_key and isinstance(body, dict) else body
        if found is None and isinstance(body, dict) and not {"id", "user_id"}.isdisjoint(body):
            found = body
        if isinstance(found, list):
            return self.validate_objects(found, self.record_key)
        if self.item_field and not isinstance(found, dict):
            return [{self.item_field: found}]
        if not isinstance(found, dict):
            raise ResponseError(self.name, f"the answer has no object `{self.record_key}`")
        return [found]
