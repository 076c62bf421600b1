"""Search with a part of Zendesk's query language, for tickets, users, organizations and groups."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reads import filters

KINDS = {"ticket": "tickets", "user": "users", "organization": "organizations", "group": "groups"}
TERM = re.compile(r'(\w+)(>=|<=|>|<|:)("[^"]*"|\S+)')
FIELD = {"created": "created_at", "updated": "updated_at", "assignee": "assignee_id", "requester": "requester_id"}
COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": lambda a, b: a > b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
}  # fmt: skip


def _moment(text: str) -> int:
    try:
        return epoch_of(text)
    except ValueError as error:
        raise errors.described(422, "invalid", f"Invalid search: {text}") from error


def _term(field: str, sign: str, value: str) -> Callable[[Row], bool]:
    name = FIELD.get(field, field)
    if sign != ":":
        return lambda row: bool(row.get(name)) and COMPARE[sign](_moment(str(row[name])), _moment(value))
    if name == "tags":
        return lambda row: value in (row.get("tags") or [])
    return lambda row: str(row.get(name)).lower().startswith(value.strip('"').lower())


def results(call: Call, query: str, kinds: list[str]) -> list[tuple[str, Row]]:
    """Matching rows with their type, oldest first."""
    store = call.account.store
    tests = [_term(*match) for match in TERM.findall(query) if match[0] not in ("type", "sort", "order_by")]
    words = TERM.sub("", query).replace("*", "").strip()
    found = []
    for kind in kinds:
        table = store.table(KINDS[kind])
        rows = (table.get(i) or {} for i in store.shown(KINDS[kind]))
        kept = (row for row in rows if all(test(row) for test in tests) and (not words or filters.matches(row, words)))
        found += [(kind, row) for row in kept]
    return sorted(found, key=lambda pair: pair[1]["created_at"])


def _kinds(query: str) -> list[str]:
    named = [value for field, sign, value in TERM.findall(query) if field == "type" and sign == ":"]
    return [kind for kind in KINDS if not named or kind in named]


def _rows(found: list[tuple[str, Row]]) -> Rows:
    return Rows(range(len(found)), lambda n: orjson.dumps(found[n][1] | {"result_type": found[n][0]}))


def _query(call: Call) -> str:
    return call.query_value("query") or ""


@serve("search")
def search(call: Call) -> Rows:
    """Search results, in offset pages only."""
    return filters.order(call, _rows(results(call, _query(call), _kinds(_query(call)))))


@serve("search_count")
def search_count(call: Call) -> Reply:
    return ok({"count": len(results(call, _query(call), _kinds(_query(call))))})


@serve("search_export")
def search_export(call: Call) -> Rows:
    """Rows of the type in `filter[type]`; the query must not contain a type."""
    kind, query = call.query_value("filter[type]"), _query(call)
    if kind not in KINDS:
        raise errors.bad_parameter("filter[type]", "must be ticket, organization, user or group")
    if any(field == "type" for field, *_ in TERM.findall(query)):
        raise errors.bad_parameter("query", "must not name a type")
    plain = kind == "ticket" and query.strip() in ("", "*")
    return Rows(call.account.store.tickets.ids(), _typed(call)) if plain else _rows(results(call, query, [kind]))


def _typed(call: Call) -> Callable[[int], bytes]:
    json = call.account.store.tickets.json
    return lambda number: json(number)[:-1] + b',"result_type":"ticket"}'
