"""Changes of users and organizations: tags, merges, memberships, suspensions; and requests that change nothing."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import body_object, require, validate

OWNERS = {"user_id": "users", "organization_id": "organizations"}


def _owner(call: Call) -> tuple[str, Row]:
    ((param, text),) = call.params.items()
    return OWNERS[param], lists.find(call, OWNERS[param], text)


@serve("own_tags")
def own_tags(call: Call) -> Reply:
    """The tags as strings."""
    return ok({"tags": _owner(call)[1]["tags"]})


@serve("change_own_tags")
def change_own_tags(call: Call) -> Reply:
    """POST replaces, PUT adds and DELETE removes tags."""
    name, row = _owner(call)
    tags = call.json_body().get("tags")
    if not isinstance(tags, list):
        raise errors.record_invalid(tags="tags: cannot be blank")
    method, old = call.endpoint.method, row["tags"]
    kept = {"POST": tags, "PUT": [*old, *tags], "DELETE": [tag for tag in old if tag not in tags]}[method]
    changed = call.account.store.update(name, row["id"], tags=sorted(set(kept)))
    return no_content() if method == "DELETE" else ok({"tags": changed["tags"]}, 201 if method == "POST" else 200)


@serve("merge_organizations")
def merge_organizations(call: Call) -> Reply:
    """Move the users of the losing organization, and delete it."""
    store = call.account.store
    loser = lists.find(call, "organizations", call.params["organization_id"])
    winner = lists.find(call, "organizations", str(body_object(call).get("winner_id")))
    for user in store.children("users", organization_id=loser["id"]):
        store.update("users", user["id"], organization_id=winner["id"])
    store.delete("organizations", loser["id"])
    both = {"loser_id": loser["id"], "winner_id": winner["id"]}
    return ok({"organization_merge": store.create("organization_merges", loser["id"], status="complete", **both)})


@serve("add_membership")
def add_membership(call: Call) -> Reply:
    """Add the user in the path to a group or an organization."""
    (user,), name, key = lists.parents(call), call.endpoint.of, call.endpoint.key
    fields = body_object(call) | {"user_id": user["id"]}
    validate(call, fields, key, name)
    return created(key, call.account.store.create(name, **fields))


@serve("set_suspension")
def set_suspension(call: Call) -> Reply:
    """Suspend a user. The body and the response are not documented; the emulator takes any JSON object."""
    given = call.json_body().get("suspension")
    user = call.account.store.update("users", lists.parents(call)[-1]["id"], suspended=True)
    fields = {"user_id": user["id"], "created_at": user["updated_at"], "updated_at": user["updated_at"]}
    return ok({"suspension": fields | (given if isinstance(given, dict) else {})})


@serve("lift_suspension")
def lift_suspension(call: Call) -> Reply:
    call.account.store.update("users", lists.parents(call)[-1]["id"], suspended=False)
    return no_content()


@serve("report_channel")
def report_channel(call: Call) -> Reply:
    """Check a token, or report a channelback that failed."""
    needed = ("instance_push_id", "external_id") if call.path.endswith("report_error") else ("instance_push_id",)
    require(call.json_body(), *needed)
    return ok({})


@serve("push_content")
def push_content(call: Call) -> Reply:
    body = call.json_body()
    resources = body.get("external_resources")
    if not body.get("instance_push_id") or not isinstance(resources, list):
        raise errors.record_invalid(external_resources="instance_push_id and external_resources are required")
    return ok({"results": [{"external_resource_id": row.get("external_id"), "status": {}} for row in resources]})


@serve("acknowledge")
def acknowledge(_: Call) -> Reply:
    """Requests that change nothing in the account."""
    return ok({})


@serve("create_from_tweet")
def create_from_tweet(call: Call) -> Reply:
    """Requires the ids of the post and of the handle; the response is empty."""
    require(body_object(call, "ticket"), "twitter_status_message_id", "monitored_twitter_handle_id")
    return ok({}, 201)
