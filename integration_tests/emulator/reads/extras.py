"""Additional fields of some list responses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import PAGE_EXTRAS, page_extras
from integration_tests.emulator.data.rows import Row, Rows


def extras(call: Call, rows: Rows, ids: Sequence[Any]) -> Row:
    """The additional fields of a page, by the endpoint's handler or else by its collection."""
    found = PAGE_EXTRAS.get(call.endpoint.serve) or PAGE_EXTRAS.get(call.endpoint.of)
    return found(call, rows, ids) if found else {}


@page_extras("activities")
def _activities(_: Call, rows: Rows, ids: Sequence[Any]) -> Row:
    users = rows.dicts(ids)
    return {"users": [row["user"] for row in users], "actors": [row["actor"] for row in users]}


@page_extras("search", "search_export")
def _facets(*_: Any) -> Row:
    return {"facets": None}
