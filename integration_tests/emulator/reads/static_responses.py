"""Definitions, limits, settings and other responses that are not rows of a collection."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists

LIMITS = {"custom_objects": 50, "custom_object_fields": 100, "custom_object_records": 100_000}
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
OPERATORS = [
    {"value": "is", "title": "Is", "terminal": False},
    {"value": "is_not", "title": "Is not", "terminal": False},
]
STATUS_VALUES = [{"value": word, "title": word.title(), "enabled": True} for word in ("new", "open", "solved")]


def condition(subject: str) -> Row:
    return {
        "title": subject.title(), "subject": subject, "type": "list", "group": "ticket", "nullable": False,
        "repeatable": False, "operators": OPERATORS, "values": STATUS_VALUES,
    }  # fmt: skip


def _sla_condition(subject: str) -> Row:
    values = {"type": "list", "list": [{"value": word["value"], "title": word["title"]} for word in STATUS_VALUES]}
    operators = [{"value": "is", "title": "Is"}]
    return {
        "value": subject,
        "title": subject.title(),
        "group": "ticket",
        "target": None,
        "operators": operators,
        "values": values,
    }


def _all_and_any(make: Any, *names: str) -> Row:
    return {names[0]: [make("status"), make("priority")], names[1]: [make("type")]}


DEFINITIONS: dict[str, Row] = {
    "macros": {"actions": [condition("status"), condition("group_id")]},
    "triggers": _all_and_any(condition, "conditions_all", "conditions_any") | {"actions": [condition("status")]},
    "relationships": _all_and_any(condition, "conditions_all", "conditions_any"),
    "attributes": _all_and_any(condition, "conditions_all", "conditions_any"),
    "sla_policies": _all_and_any(_sla_condition, "all", "any"),
    "group_sla_policies": {"all": [_sla_condition("group_id")]},
}


@serve("definitions")
def definitions(call: Call) -> Reply:
    if call.endpoint.of == "relationships":
        _known_type(call, call.params["target_type"])
    lists.parents(call)
    return ok({"definitions": DEFINITIONS[call.endpoint.of]})


def _known_type(call: Call, name: str) -> None:
    """404 unless the name is that of users, tickets, organizations or a custom object."""
    key = name.removeprefix("zen:custom_object:")
    if name not in ("zen:user", "zen:ticket", "zen:organization") and (key == name or not _object(call, key)):
        raise errors.not_found()


def _object(call: Call, key: str) -> Row | None:
    return call.account.store.get("custom_objects", key)


@serve("limit")
def limit(call: Call) -> Reply:
    lists.parents(call)
    table = call.account.store.table(call.endpoint.of)
    key = call.params.get("custom_object_key")
    ids = table.by("custom_object_key", key) if key else table.ids()
    return ok({"count": len(ids), "limit": LIMITS[call.endpoint.of]})


@serve("host_mapping")
def host_mapping(call: Call) -> Reply:
    name = call.query_value("host_mapping")
    if "brand_id" in call.params:
        name = lists.find(call, "brands", call.params["brand_id"])["host_mapping"]
    expected = ["acme.zendesk.com"]
    if not name:
        return ok({"is_valid": False, "reason": "no_host_mapping", "cname": None, "expected_cnames": expected})
    return ok({"is_valid": True, "reason": None, "cname": expected[0], "expected_cnames": expected})


@serve("subdomain_available")
def subdomain_available(call: Call) -> Reply:
    return ok({"success": call.query_value("subdomain") != call.account.subdomain})


@serve("app_public_key")
def app_public_key(call: Call) -> Reply:
    """A public key as a JSON string without an envelope."""
    lists.find(call, "apps", call.params["app_id"])
    return ok(PEM)


@serve("settings")
def settings(call: Call) -> Reply:
    return ok({"settings": settings_row(call)})


def settings_row(call: Call) -> Row:
    return next(iter(call.account.store.all("settings")))


@serve("single")
def single(call: Call) -> Reply:
    """The only object of a collection, with or without an envelope."""
    lists.parents(call)
    row = call.account.store.all(call.endpoint.of)[0]
    return ok({call.endpoint.key: row} if call.endpoint.key else row)


@serve("macro_replica")
def macro_replica(call: Call) -> Reply:
    """An unsaved macro with the actions of another macro or the values of a ticket."""
    macro, ticket = call.query_value("macro_id"), call.query_value("ticket_id")
    if macro is None and ticket is None:
        raise errors.bad_parameter("macro_id", "or ticket_id is required")
    if macro is not None:
        row = lists.find(call, "macros", macro) | {"id": None}
        return ok({"macro": row})
    found = lists.find(call, "tickets", ticket or "")
    actions = [{"field": "status", "value": found["status"]}, {"field": "priority", "value": found["priority"]}]
    return ok(
        {"macro": {"id": None, "title": found["subject"], "actions": actions, "active": True, "restriction": None}}
    )


@serve("macro_apply")
def macro_apply(call: Call) -> Reply:
    """The changes of a macro; the ticket is not changed."""
    macro = lists.find(call, "macros", call.params["macro_id"])
    changes = {
        action["field"]: action["value"] for action in macro["actions"] if action["field"] in ("status", "priority")
    }
    comment = {"body": "Thanks", "scoped_body": [["channel:all", "Thanks"]], "public": True}
    ticket: Row = {"url": None, "id": None, "fields": {"id": 27642, "value": "745"}}
    if "ticket_id" in call.params:
        ticket = lists.find(call, "tickets", call.params["ticket_id"])
    return ok({"result": {"ticket": ticket | changes | {"comment": comment}}})
