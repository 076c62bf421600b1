"""Rows and fields that Zendesk returns only if a parameter requests them."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from integration_tests.emulator.api import errors
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
    "brands": ("include_deleted", lambda row: not row["is_deleted"]),
    "users": ("include_deleted", lambda row: row["active"]),
}
UNSORTED_SEARCHES = frozenset(
    {
        "/api/v2/custom_objects/{custom_object_key}/records/autocomplete",
        "/api/v2/custom_objects/{custom_object_key}/records/search",
        "/api/v2/it_asset_management/assets/search",
    }
)


def ticket_filter(call: Call) -> Callable[[int], bool] | None:
    """The test of a ticket id that `support_type_scope` requires, by default tickets of human agents; None for all."""
    scope, special = call.query_value("support_type_scope"), call.account.ai_agent_tickets
    if scope not in (None, "all", "agent", "ai_agent"):
        raise errors.bad_parameter("support_type_scope", "must be all, agent or ai_agent")
    if scope == "all" or (not special and scope != "ai_agent"):
        return None
    return lambda number: (number in special) == (scope == "ai_agent")


def drop_opt_in_fields(call: Call, row: Row) -> Row:
    """The row without the fields that the query does not request."""
    parameter, less = FIELDS.get(call.endpoint.of, ("", None))
    return less(row) if less and _is_withheld(call, parameter) else row


def drop_opt_in_data(call: Call, rows: Rows) -> Rows:
    """The rows of a list, without rows and fields that the query does not request."""
    parameter, keep = ROWS.get(call.endpoint.of, ("", None))
    if keep and _is_withheld(call, parameter):
        rows = rows.where(keep)
    if call.endpoint.path in UNSORTED_SEARCHES and "sort" not in call.query:
        rows = Rows(rows.ids[:MAX_UNSORTED], rows.json)
    if "support_type_scope" in call.endpoint.query and (is_selected := ticket_filter(call)):
        rows = Rows([number for number in rows.ids if is_selected(number)], rows.json)
    if call.endpoint.of == "users" and "brand_id" in call.endpoint.query:
        rows = _without(call, rows, "brand_id", call.account.users_of_separated_brands)
    if call.endpoint.of == "ticket_forms" and "form_type" in call.endpoint.query:
        rows = _without(call, rows, "form_type", call.account.service_catalog_forms)
    if call.endpoint.of in FIELDS and _is_withheld(call, FIELDS[call.endpoint.of][0]):
        whole = rows.json
        return Rows(
            rows.ids, lambda identifier: orjson.dumps(drop_opt_in_fields(call, orjson.loads(whole(identifier))))
        )
    return rows


def _without(call: Call, rows: Rows, parameter: str, special: set[int]) -> Rows:
    """All rows if the parameter is `all`. Zendesk does not document the default: here, all but the `special` rows."""
    if not special or call.query_value(parameter) == "all":
        return rows
    return Rows([number for number in rows.ids if number not in special], rows.json)


def is_hidden(call: Call, row: Row) -> bool:
    """Whether a request for the row alone needs a parameter that the query lacks."""
    parameter, keep = ROWS.get(call.endpoint.of, ("", None))
    return bool(keep and _is_withheld(call, parameter) and not keep(row))


def _is_withheld(call: Call, parameter: str) -> bool:
    wanted = "false" if parameter.startswith("exclude") else "true"
    return parameter in call.endpoint.query and call.query_value(parameter) != wanted
