"""Webhooks, with secrets in rows and updates without a response body; invocations with filters."""

from __future__ import annotations

import secrets

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters, lists
from integration_tests.emulator.writes.generic import body_object

NEEDED = ("name", "endpoint", "http_method", "request_format", "status")
KINDS: dict[str, Row] = {
    "basic_auth": {"username": "hook", "password": "hook-password"}, "bearer_token": {"token": "hook-token"},
    "api_key": {"name": "X-Key", "value": "hook-key"},
}  # fmt: skip
filters.FILTERS.update({
    "webhooks.filter[name_contains]": lambda _, values: lambda row: values[-1].lower() in row["name"].lower(),
    "webhooks.filter[status]": filters.same("status"),
    "webhook_invocations.filter[status]": filters.same("status"),
    "webhook_invocations.filter[from_ts]": filters.since("filter[from_ts]", "latest_completed_at"),
    "webhook_invocations.filter[to_ts]": filters.until("filter[to_ts]", "latest_completed_at"),
})  # fmt: skip


@fixup("webhooks")
def webhook(row: Row, m: Maker) -> None:
    kind = tuple(KINDS)[m.index % 3]
    row["authentication"] = {"type": kind, "data": KINDS[kind], "add_position": "header"} if m.index % 4 else None
    row["signing_secret"] = {"algorithm": "SHA256", "secret": f"signing-secret-{m.index + 1}"}
    row.update(endpoint=f"https://hooks.example.com/{m.index + 1}", custom_headers={"X-Origin": "zendesk"})
    row.update(created_by=str(m.seed_ids.agent(m.index)), updated_by=str(m.seed_ids.agent(m.index)))


@fixup("webhook_invocations")
def invocation(row: Row, m: Maker) -> None:
    row.update(attempts_count=m.index % 5 + 1, latest_completed_at=m.value("time", "time"))


@fixup("webhook_invocation_attempts")
def attempt(row: Row, m: Maker) -> None:
    row.update(invocation_id=m.parent, response_headers={"content-type": "text/plain"})


@serve("signing_secret")
def signing_secret(call: Call) -> Reply:
    (webhook,) = lists.parents(call)
    return ok({"signing_secret": webhook["signing_secret"]})


@serve("reset_signing_secret")
def reset_signing_secret(call: Call) -> Reply:
    (webhook,) = lists.parents(call)
    made = {"algorithm": "SHA256", "secret": secrets.token_hex(16)}
    call.account.store.update("webhooks", webhook["id"], signing_secret=made)
    return ok({"signing_secret": made}, 201)


@serve("create_webhook")
def create_webhook(call: Call) -> Reply:
    """Create a webhook, or copy one."""
    store, other = call.account.store, call.query_value("clone_webhook_id")
    fields = body_object(call)
    if other:
        old = lists.find(call, "webhooks", other)
        fields = {name: old[name] for name in NEEDED} | fields
    missing = [name for name in NEEDED if not fields.get(name)]
    if missing:
        raise errors.record_invalid(**{name: f"{name}: cannot be blank" for name in missing})
    return created("webhook", store.create("webhooks", **fields))


@serve("update_quietly")
def update_quietly(call: Call) -> Reply:
    call.account.store.update(call.endpoint.of, lists.path_row(call)["id"], **body_object(call))
    return no_content()


@serve("test_webhook")
def test_webhook(call: Call) -> Reply:
    """A test result; the emulator sends nothing."""
    body_object(call, "webhook")
    return ok({"test": {"status": "success", "message": "Sent", "response_code": 200, "response_body": "ok"}})
