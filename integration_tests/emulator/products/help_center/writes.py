"""Writes of votes and subscriptions in help centers and communities."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.links import EMBEDDED
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.products.help_center.seed import ITEMS, count_votes
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import READ_ONLY, REQUIRED, body_object

REQUIRED.update({"post": ("title",), "topic": ("name",), "comment": ("body",)})
REQUIRED["custom_claim"] = ("claim_identifier", "claim_value")
EMBEDDED.add("post_comments")
IN_ONE_LANGUAGE = ("article_subscriptions", "section_subscriptions")


@serve("vote")
def vote(call: Call) -> Reply:
    """Set the current user's vote on the last object in the path; each user has one vote on an object."""
    store, item = call.account.store, lists.parents(call)[-1]
    collection = list(call.endpoint.through.values())[-1]
    user, value = (call.account.user or {})["id"], 1 if call.path.endswith("/up") else -1
    known = next((row for row in store.children("votes", item_id=item["id"]) if row["user_id"] == user), None)
    if known:
        row = store.update("votes", known["id"], value=value)
    else:
        kind = next(kind for kind, name in ITEMS if name == collection)
        row = store.create("votes", call.brand, user_id=user, item_id=item["id"], item_type=kind, value=value)
    _recount(call, collection, item["id"])
    return Reply(200, ok({"vote": row}).body, {"Location": str(row["url"])})


def _recount(call: Call, collection: str, identifier: int) -> None:
    """Store the number of votes of an object, without a change of its time."""
    store = call.account.store
    row = store.get(collection, identifier)
    if row:
        count_votes(store, row, None)
        store.writable(collection).put(row, store.writable(collection).parent_of(identifier))


@serve("subscribe")
def subscribe(call: Call) -> Reply:
    """Subscribe the named or the current user; articles and sections need a language."""
    (content,) = lists.parents(call)
    given: Row = call.json_body().get("subscription") or {}
    if call.endpoint.of in IN_ONE_LANGUAGE and not given.get("source_locale"):
        raise errors.record_invalid(source_locale="source_locale: cannot be blank")
    fields = {"user_id": (call.account.user or {}).get("id"), "locale": given.get("source_locale")}
    fields |= {name: value for name, value in given.items() if name not in READ_ONLY}
    return created("subscription", call.account.store.create(call.endpoint.of, content["id"], **fields))


@serve("delete_vote")
def delete_vote(call: Call) -> Reply:
    row = lists.path_row(call)
    call.account.store.delete("votes", row["id"])
    _recount(call, dict(ITEMS)[row["item_type"]], row["item_id"])
    return no_content()


@serve("follow")
def follow(call: Call) -> Reply:
    """Let the user in the path follow another user; changes the known subscription."""
    (follower,), store = lists.parents(call), call.account.store
    fields = body_object(call, "user_subscription")
    followed = lists.find(call, "users", str(fields.get("followed_id")))
    known = store.children("user_subscriptions", followed_id=followed["id"])
    row = next((row for row in known if row["follower_id"] == follower["id"]), None)
    row = row or store.create("user_subscriptions", followed["id"], follower_id=follower["id"])
    return created("user_subscription", row)
