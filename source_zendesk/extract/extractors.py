"""Record extractors: extract the records of a response."""

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor as CdkRecordExtractor

from source_zendesk.errors import ResponseError
from source_zendesk.extract import page_fields
from source_zendesk.http.error_text import embedded_error
from source_zendesk.json_values import value_at

LOGGER = logging.getLogger("airbyte")
Row = dict[str, Any]


@dataclass(frozen=True)
class ExtractedRows:
    """The rows of a response: its records, the rows that advance the read, and those that stand for other records.

    The read advances by the times of `cursor_rows`, and ends at a page without them. `pending` rows stand for records
    that only another request returns, such as events that change a record.
    """

    records: list[Row]
    cursor_rows: list[Row]
    pending: list[Row] = field(default_factory=list)


@dataclass
class RecordExtractor(CdkRecordExtractor, ABC):
    """Extracts records from `record_key`, a dotted path; raises `ResponseError` if the response has no such value.

    The CDK's retriever calls `extract_records`; `PageRetriever` calls `extract_page`, with a body that is already
    parsed.
    """

    name: str
    record_key: str = ""

    def value_at_key(self, body: object) -> object:
        """The value at `record_key`, None if the response has none."""
        value: object = value_at(body, self.record_key.split("."))
        return value

    def extract_records(self, response: requests.Response) -> list[Row]:
        """The records of a response, as Zendesk sent them."""
        return self.extract(response.json())

    @abstractmethod
    def extract(self, body: object) -> list[Row]:
        """The records of a response, as Zendesk sent them."""

    def extract_page(self, body: object) -> ExtractedRows:
        """The rows of a response; the read advances by its records."""
        records = self.extract(body)
        return ExtractedRows(records, records)

    def to_records(self, rows: list[Row]) -> list[Row]:
        """The records of the new rows of a page; the rows themselves, or parts of them."""
        return rows

    def finish(self) -> None:  # most leave out nothing
        """Log what the extractor has left out of the responses of a read."""

    def validate_objects(self, items: list[Any], key: str) -> list[Row]:
        """The objects of the list `key`; drops null with a warning, raises `ResponseError` for any other value."""
        if all(isinstance(item, dict) for item in items):
            return items
        positions = [position for position, item in enumerate(items) if item is None]
        others = [position for position, item in enumerate(items) if item is not None and not isinstance(item, dict)]
        if others:
            raise ResponseError(self.name, f"item {others[0]} of the list `{key}` is not an object")
        LOGGER.warning(
            "Stream %s: dropped null from the list `%s` of a response (item %s)",
            self.name,
            key,
            ", ".join(map(str, positions)),
        )
        return [item for item in items if item is not None]

    def nested_list(self, row: Row, key: str) -> list[Row]:
        """The objects of a list inside a row, none if it is null or missing."""
        items = row.get(key)
        if isinstance(items, list):
            return self.validate_objects(items, key)
        if items is None:
            return []
        raise ResponseError(self.name, f"`{key}` is not a list")


@dataclass
class ListExtractor(RecordExtractor):
    """One record for each item of the list under `record_key`.

    A bare value becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def extract(self, body: object) -> list[Row]:
        """The items of the list; a missing list is an error, never an empty page."""
        items = self.value_at_key(body)
        if not isinstance(items, list):
            raise ResponseError(self.name, f"the response has no list `{self.record_key}`{embedded_error(body)}")
        if self.item_field:
            items = [item if isinstance(item, dict) or item is None else {self.item_field: item} for item in items]
        return self.validate_objects(items, self.record_key)


@dataclass
class DefaultMarkingExtractor(ListExtractor):
    """One record for each value of the list under `record_key`; `default` is true for the value under `default_key`."""

    default_key: str = ""

    def extract(self, body: Any) -> list[Row]:
        """The values, with the mark."""
        default = body.get(self.default_key) if isinstance(body, dict) else None
        return [{**row, "default": row.get(self.item_field) == default} for row in super().extract(body)]


@dataclass
class BareListExtractor(ListExtractor):
    """The items of the list under `record_key`, or of the response itself if that is a list."""

    def extract(self, body: object) -> list[Row]:
        """The items."""
        return self.validate_objects(body, "") if isinstance(body, list) else super().extract(body)


@dataclass
class OptionalListExtractor(ListExtractor):
    """The items of the list under `record_key`; none if it is missing and the response contains a `count` of 0.

    https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/
    """

    def extract(self, body: object) -> list[Row]:
        """The items."""
        is_empty = page_fields.count(body) == 0 and self.value_at_key(body) is None
        return [] if is_empty else super().extract(body)


@dataclass
class FilteredListExtractor(ListExtractor):
    """The items of the list under `record_key` whose fields have the values of `part`."""

    part: dict[str, object] = field(default_factory=dict)

    def extract(self, body: object) -> list[Row]:
        """The items that match."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The items that match; the read advances by all items, since a page without a match is not the end."""
        items = super().extract(body)
        matches = [row for row in items if all(row.get(name) == value for name, value in self.part.items())]
        return ExtractedRows(matches, cursor_rows=items)


@dataclass
class SingleListExtractor(RecordExtractor):
    """One record for each item of the only list in the response; its key depends on the requested resource.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-sample-export
    """

    def extract(self, body: object) -> list[Row]:
        """The items of the list."""
        lists = {key: value for key, value in body.items() if isinstance(value, list)} if isinstance(body, dict) else {}
        if len(lists) != 1:
            raise ResponseError(self.name, f"the response has no list of records, or several{embedded_error(body)}")
        ((key, items),) = lists.items()
        return self.validate_objects(items, key)


@dataclass
class MultiListExtractor(RecordExtractor):
    """The items of those `lists` that the response has; raises `ResponseError` if it has none of them."""

    lists: list[str] = field(default_factory=list)

    def extract(self, body: object) -> list[Row]:
        """The items, list by list."""
        values = body if isinstance(body, dict) else {}
        lists = {name: values[name] for name in self.lists if isinstance(values.get(name), list)}
        if not lists:
            cause = f"the response has none of the lists {', '.join(self.lists)}{embedded_error(body)}"
            raise ResponseError(self.name, cause)
        return [row for name, items in lists.items() for row in self.validate_objects(items, name)]


@dataclass
class NestedListExtractor(ListExtractor):
    """The items of lists nested in the rows under `record_key`; `nested` names the lists from the outside in.

    A dotted name is a list in an object. An object in place of a list is a list of one. Each item gets the ids of the
    rows that contain it, under the names in `nested_ids`, and the fields `outer_fields` of the outermost row.
    """

    nested: list[str] = field(default_factory=list)
    nested_ids: list[str] = field(default_factory=list)
    outer_fields: list[str] = field(default_factory=list)

    def extract(self, body: object) -> list[Row]:
        """The innermost items."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The innermost items; the read advances by the outermost rows, since a page without items is not the end."""
        outermost = super().extract(body)
        items = [({name: row.get(name) for name in self.outer_fields}, row) for row in outermost]
        for key, name in zip(self.nested, self.nested_ids, strict=True):
            self.check_lists([row for _, row in items], key)
            items = [({**ids, name: row.get("id")}, item) for ids, row in items for item in self.nested_list(row, key)]
        return ExtractedRows([{**ids, **row} for ids, row in items], cursor_rows=outermost)

    def check_lists(self, rows: list[Row], key: str) -> None:
        """Nothing: a row without the list has no items."""

    def nested_list(self, row: Row, key: str) -> list[Row]:
        """The objects of a list inside a row, or the object in its place; none if it is null or missing."""
        *objects, name = key.split(".")
        owner = value_at(row, objects)
        if not isinstance(owner, dict):
            return []
        item = owner.get(name)
        return [item] if isinstance(item, dict) else super().nested_list(owner, name)


@dataclass
class DocumentedListExtractor(NestedListExtractor):
    """The items of nested lists that Zendesk documents for each row, and also returns by `list_<stream>`."""

    def check_lists(self, rows: list[Row], key: str) -> None:
        """Raise `ResponseError` if no row has the list: only the other responses have its items."""
        if rows and all(row.get(key) is None for row in rows):
            cause = f"no item of the response has a list `{key}`"
            raise ResponseError(self.name, f"{cause}; if that persists, read list_{self.name}")


@dataclass
class ObjectExtractor(RecordExtractor):
    """One record: the object under `record_key`, or the whole response if there is no key.

    Some endpoints return the object with or without an envelope, some a list of one; all are accepted. A bare value
    becomes a record of one field, named by `item_field`.
    """

    item_field: str = ""

    def extract(self, body: object) -> list[Row]:
        """The record, in a list of one."""
        record = self.value_at_key(body) if self.record_key and isinstance(body, dict) else body
        if record is None and isinstance(body, dict) and not {"id", "user_id"}.isdisjoint(body):
            record = body
        if isinstance(record, list) and record:
            return self.validate_objects(record, self.record_key)
        if self.item_field and not isinstance(record, dict):
            return [{self.item_field: record}]
        if not isinstance(record, dict):
            raise ResponseError(self.name, f"the response has no object `{self.record_key}`{embedded_error(body)}")
        return [record]
