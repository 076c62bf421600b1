"""Reads the response fields that control pagination, each of the type that Zendesk documents.

Another type raises `UndocumentedValueError`: reading it as false or null could end a read before its last record.
A missing field equals null.
"""

from collections.abc import Mapping
from typing import Any

from source_zendesk import times
from source_zendesk.http.response import UndocumentedValueError

Fields = Mapping[str, Any]


def flag(fields: Fields, name: str) -> bool | None:
    """A boolean, None for null."""
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise UndocumentedValueError(name, value, "true or false")


def link(fields: Fields, name: str) -> str:
    """A URL, empty for null."""
    value = fields.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, str) and "/" in value:
        return value
    raise UndocumentedValueError(name, value, "a URL")


def cursor(fields: Fields, name: str) -> str | None:
    """A cursor as a string, None for null or an empty string."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise UndocumentedValueError(name, value, "a cursor")
    return None if value in (None, "") else str(value)


def number(fields: Fields, name: str) -> int:
    """A number of rows or pages, 0 for null."""
    value = fields.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value or 0
    raise UndocumentedValueError(name, value, "a number")


def section(fields: Fields, name: str) -> Fields:
    """An object, empty for null."""
    value = fields.get(name)
    if value is None or isinstance(value, Mapping):
        return value or {}
    raise UndocumentedValueError(name, value, "an object")


def next_link(fields: Fields) -> str:
    """The link to the next page in `links`, empty if there is none.

    `links` is an object; for events of custom object records it is a list of objects.
    """
    links = fields.get("links")
    sections = links if isinstance(links, list) else [links]
    return next(filter(None, (link(section({"links": each}, "links"), "next") for each in sections)), "")


def count(body: Any) -> int | None:
    """The number of rows that `count` reports, None for another value: no decision depends on `count` alone."""
    value = body.get("count") if isinstance(body, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def next_start(query: Fields, body: Fields) -> int | None:
    """The epoch second at which the next page of an export starts: from the query of a link, else `end_time`."""
    start = times.epoch(query.get("start_time")) or times.epoch(body.get("end_time"))
    if start is not None and start > times.latest():
        raise UndocumentedValueError("start_time", start, "a time in the past")
    return start or None
