"""Filters and sort orders of the lists: one function per query parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row, Rows

Test = Callable[[Row], bool]
Filter = Callable[[Call, list[str]], Test]
DEFAULT_ORDER = {"audit_logs": "-created_at", "activities": "-created_at"}
CURSOR_ORDERS = {
    ("tickets", ""): ("id", "updated_at", "status", "created_at"),
    ("custom_object_records", ""): ("id", "updated_at"),
    ("custom_object_records", "query"): ("name", "created_at", "updated_at"),
}
NAMES = ("name", "title", "subject", "email", "description", "external_id")


def same(field: str) -> Filter:
    def make(_: Call, values: list[str]) -> Test:
        allowed = {value.lower() for text in values for value in text.split(",")}
        return lambda row: str(row.get(field)).lower() in allowed

    return make


def flag(field: str) -> Filter:
    def make(_: Call, values: list[str]) -> Test:
        return lambda row: str(bool(row.get(field))).lower() == values[-1].lower()

    return make


def _time(name: str, text: str) -> int:
    try:
        return int(text) if text.isdigit() else epoch_of(text)
    except ValueError as error:
        raise errors.bad_parameter(name, "must be a date or a Unix time") from error


def since(name: str, field: str) -> Filter:
    def make(_: Call, values: list[str]) -> Test:
        start = _time(name, values[-1])
        return lambda row: bool(row.get(field)) and epoch_of(row[field]) >= start

    return make


def until(name: str, field: str) -> Filter:
    def make(_: Call, values: list[str]) -> Test:
        end = _time(name, values[-1])
        return lambda row: bool(row.get(field)) and epoch_of(row[field]) <= end

    return make


def on(name: str, field: str) -> Filter:
    """Rows of one day."""

    def make(_: Call, values: list[str]) -> Test:
        _time(name, values[-1])
        return lambda row: str(row.get(field)).startswith(values[-1][:10])

    return make


def _between(_: Call, values: list[str]) -> Test:
    """`filter[created_at][]` twice: from and to."""
    start = _time("filter[created_at]", values[0])
    end = _time("filter[created_at]", values[1]) if len(values) > 1 else None
    return lambda row: epoch_of(row["created_at"]) >= start and (end is None or epoch_of(row["created_at"]) <= end)


def _score(_: Call, values: list[str]) -> Test:
    word, _sep, comment = values[-1].partition("_")
    wanted = {"good", "bad"} if word == "received" else {word}
    need = {"with_comment": True, "without_comment": False}.get(comment)
    return lambda row: row["score"] in wanted and (need is None or bool(row["comment"]) == need)


def starts(_: Call, values: list[str]) -> Test:
    return lambda row: str(row.get("name", "")).lower().startswith(values[-1].lower())


def matches(row: Row, query: str) -> bool:
    """Whether a text field of the row contains the search query."""
    words = query.lower().strip('"*')
    return any(words in str(row.get(name) or "").lower() for name in NAMES)


def _query(_: Call, values: list[str]) -> Test:
    return lambda row: matches(row, values[-1])


def _nothing(*_: Any) -> Test:
    return lambda _row: True


FILTERS: dict[str, Filter] = {
    "active": flag("active"), "default": flag("default"), "end_user_visible": flag("end_user_visible"),
    "category_id": same("category_id"), "role": same("role"), "role[]": same("role"), "type[]": same("type"),
    "permission_set": same("custom_role_id"), "external_id": same("external_id"), "status": same("status"),
    "status_categories": same("status_category"), "application": same("application"), "score": _score,
    "filter[source_type]": same("source_type"), "filter[source_id]": same("source_id"),
    "filter[actor_id]": same("actor_id"), "filter[ip_address]": same("ip_address"),
    "filter[action]": same("action"), "filter[created_at]": _between, "filter[created_at][]": _between,
    "filter[ticket_id]": same("ticket_id"), "filter[comment_id]": same("comment_id"),
    "filter[notification_id]": same("notification_id"),
    "filter[ids]": same("id"), "filter[external_ids]": same("external_id"), "query": _query,
    "since": since("since", "created_at"), "start_time": since("start_time", "created_at"),
    "end_time": until("end_time", "created_at"), "organization_id": same("organization_id"),
    "ticket_content_pins.ticket_id": same("ticket_id"),
    "users.phone": lambda _, values: lambda row: str(row["phone"] or "").startswith(values[-1]),
}  # fmt: skip
"""Parameters that filter rows; others, such as `access` and `locale`, are accepted and ignored."""


def _filter(call: Call, name: str) -> Filter | None:
    """The filter of a parameter; a collection can have its own."""
    return FILTERS.get(f"{call.endpoint.of}.{name}") or FILTERS.get(name)


def meets(row: Row, wanted: Any) -> bool:
    """Whether a row matches the `filter` of a body: `{"field": {"$eq": value}}`, or `$and` and `$or` of them."""
    if "$and" in wanted:
        return all(meets(row, one) for one in wanted["$and"])
    if "$or" in wanted:
        return any(meets(row, one) for one in wanted["$or"])
    values = row | (row.get("custom_object_fields") or row.get("custom_field_values") or {})
    return all(
        values.get(name.removeprefix("custom_object_fields.")) == test.get("$eq") for name, test in wanted.items()
    )


def choose(call: Call, rows: Rows) -> Rows:
    """The rows that match the query parameters."""
    known = ((_filter(call, name), values) for name, values in call.query.items())
    tests = [make(call, values) for make, values in known if make]
    if "name" in call.query and call.endpoint.where in ("name_starts", "exact"):
        tests.append(
            same("name")(call, call.query["name"])
            if call.endpoint.where == "exact"
            else starts(call, call.query["name"])
        )
    return rows.where(lambda row: all(test(row) for test in tests)) if tests else rows


def order(call: Call, rows: Rows) -> Rows:
    """The rows in the requested order, or else in the documented one."""
    by = call.query_value("sort")
    cursor = "page[size]" in call.query
    known = CURSOR_ORDERS.get((call.endpoint.of, call.endpoint.where))
    if by and cursor and known and by.lstrip("-") not in known:
        raise errors.pagination_parameter(f"sort is not valid: {by}")
    if not by and not (cursor and "sort" in call.endpoint.query):
        by = _offset_order(call)
    by = by or DEFAULT_ORDER.get(call.endpoint.of)
    return rows.sorted_by(_column(by.lstrip("-")), descending=by.startswith("-")) if by else rows


def _offset_order(call: Call) -> str | None:
    by, direction = call.query_value("sort_by"), call.query_value("sort_order")
    if direction not in (None, "asc", "desc"):
        raise errors.bad_parameter("sort_order", "must be asc or desc")
    if by is None and direction is None:
        return None
    return ("-" if direction == "desc" else "") + (by or "created_at")


def _column(name: str) -> str:
    return {"alphabetical": "title", "subject": "subject", "created": "created_at", "updated": "updated_at"}.get(
        name, name
    )
