"""Writes of users: identities, memberships, skills, passwords and merges."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists, user_endpoints


def _own(call: Call, collection: str, param: str) -> Row:
    """A row in the path; 404 if it does not belong to the user in the path."""
    user = lists.find(call, "users", call.params["user_id"])
    row = lists.find(call, collection, call.params[param])
    if row["user_id"] != user["id"]:
        raise errors.not_found()
    return row


def _set_default(call: Call, collection: str, chosen: Row, field: str) -> list[Row]:
    store = call.account.store
    rows = store.children(collection, user_id=chosen["user_id"])
    return [store.update(collection, row["id"], **{field: row["id"] == chosen["id"]}) for row in rows]


@serve("make_default")
def make_default(call: Call) -> Reply:
    param = "organization_membership_id" if call.endpoint.of == "organization_memberships" else "group_membership_id"
    chosen = _own(call, call.endpoint.of, param)
    return ok({call.endpoint.key: _set_default(call, call.endpoint.of, chosen, "default")})


@serve("make_default_organization")
def make_default_organization(call: Call) -> Reply:
    user = lists.find(call, "users", call.params["user_id"])
    links = call.account.store.children("organization_memberships", user_id=user["id"])
    chosen = next((link for link in links if str(link["organization_id"]) == call.params["organization_id"]), None)
    if chosen is None:
        raise errors.not_found()
    _set_default(call, "organization_memberships", chosen, "default")
    return ok({"organization_membership": chosen})


@serve("make_primary")
def make_primary(call: Call) -> Reply:
    chosen = _own(call, "user_identities", "user_identity_id")
    return ok({"identities": _set_default(call, "user_identities", chosen, "primary")})


@serve("verify_identity", "touch_identity")
def verify_identity(call: Call) -> Reply:
    row = _own(call, "user_identities", "user_identity_id")
    if call.endpoint.serve == "touch_identity":
        return ok({})
    return ok({"identity": call.account.store.update("user_identities", row["id"], verified=True)})


@serve("set_instance_values")
def set_instance_values(call: Call) -> Reply:
    """Replace the attribute values of an agent or a ticket."""
    (owner,) = lists.parents(call)
    store = call.account.store
    kind = "associate_agent" if "user_id" in call.params else "associate_ticket"
    table = store.writable("instance_values")
    for identifier in list(table.by("instance_id", owner["id"])):
        if (table.get(identifier) or {})["type"] == kind:
            table.remove(identifier)
    wanted = call.json_body().get("attribute_value_ids") or []
    for number, value in enumerate(one for one in wanted if store.get("attribute_values", one)):
        identifier = store.seed_ids.new_id("instance_values", int(owner["id"]) % 10**9 * 100 + number)
        row: Row = {"id": identifier, "attribute_value_id": value, "instance_id": str(owner["id"]), "type": kind}
        table.put(row | {"time": call.account.clock.stamp()})
    return ok({"attribute_values": [store.get("attribute_values", i) for i in user_endpoints.instance_ids(call)]})


@serve("password")
def password(call: Call) -> Reply:
    """Set a password, or change it with the previous one."""
    lists.find(call, "users", call.params["user_id"])
    body = call.json_body()
    if not body.get("password"):
        raise errors.record_invalid(password="Password: cannot be blank")
    if call.endpoint.method == "PUT" and not body.get("previous_password"):
        raise errors.record_invalid(previous_password="Previous password: cannot be blank")
    return ok({})


@serve("user_merge")
def user_merge(call: Call) -> Reply:
    """Merge the user in the path into the one in the body."""
    store = call.account.store
    loser = lists.find(call, "users", call.params["user_id"])
    winner = lists.find(call, "users", str(call.json_body().get("user", {}).get("id")))
    if "end-user" not in (loser["role"], winner["role"]):
        raise errors.record_invalid(base="Agents and admins cannot be merged")
    for number in list(store.tickets.by("requester_id", loser["id"])):
        store.update("tickets", number, requester_id=winner["id"])
    store.delete("users", loser["id"])
    return ok({"user": winner})
