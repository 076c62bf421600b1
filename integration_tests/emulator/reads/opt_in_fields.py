"""Rows and fields that Zendesk returns only if a parameter requests them."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.data.rows import Row, Rows

CREATOR = ("creator_user_id", "creator_app_name")
MAX_UNSORTED = 10_000
"""The maximum number of results of a record search without `sort`."""


def _no_creator(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in CREATOR}


def _no_inline_images(row: Row) -> Row:
    return {**row, "attachments": [file for file in row["attachments"] if not file["inline"]]}


FIELDS: dict[str, tuple[str, Callable[[Row], Row]]] = {
    "ticket_fields": ("creator", _no_creator),
    "comments": ("include_inline_images", _no_inline_images),
}
ROWS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "custom_object_fields": ("include_standard_fields", lambda row: not row["system"]),
    "groups": ("exclude_deleted", lambda row: not row["deleted"]),
}


def drop_opt_in_fields(call: Call, row: Row) -> Row:
    """The row without the fields that the query does not request."""
    parameter, less = FIELDS.get(call.endpoint.of, ("", None))
    return less(row) if less and _is_withheld(call, parameter) else row


def drop_opt_in_data(call: Call, rows: Rows) -> Rows:
    """The rows of a list, without rows and fields that the query does not request."""
    parameter, keep = ROWS.get(call.endpoint.of, ("", None))
    if keep and _is_withheld(call, parameter):
        rows = rows.where(keep)
    if call.endpoint.where in ("query", "name_starts") and call.endpoint.of == "custom_object_records":
        rows = rows if "sort" in call.query else Rows(rows.ids[:MAX_UNSORTED], rows.json)
    if call.endpoint.of in FIELDS and _is_withheld(call, FIELDS[call.endpoint.of][0]):
        whole = rows.json
        return Rows(
            rows.ids, lambda identifier: orjson.dumps(drop_opt_in_fields(call, orjson.loads(whole(identifier))))
        )
    return rows


def _is_withheld(call: Call, parameter: str) -> bool:
    wanted = "false" if parameter.startswith("exclude") else "true"
    return parameter in call.endpoint.query and call.query_value(parameter) != wanted
