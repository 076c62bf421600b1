"""Objects of tickets, of ticket forms and fields, and of e-mail notifications."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, no_content, ok
from integration_tests.emulator.data import history as past
from integration_tests.emulator.data.files import content_of
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reads import lists, opt_in_fields, static_responses

MAX_TRIGGERS = 7000
static_responses.DEFINITIONS["views"] = {
    "conditions_all": [static_responses.condition("status"), static_responses.condition("priority")],
    "conditions_any": [static_responses.condition("type")],
}
static_responses.LIMITS["triggers"] = MAX_TRIGGERS


def _metric_events(call: Call, rows: Rows) -> Rows:
    ticket = int(call.params["ticket_id"])
    return Rows([i for i in rows.ids if past.split(i)[0] == ticket], rows.json)


def _narrowed(call: Call, rows: Rows) -> Rows:
    """400 without one of the filters."""
    if not any(call.query_value(f"filter[{name}]") for name in ("notification_id", "comment_id", "ticket_id")):
        raise errors.bad_parameter("filter", "is required")
    return rows


lists.WHERE["ticket_metric_events"] = _metric_events
lists.WHERE["narrowed"] = _narrowed


@serve("metric_of_ticket")
def metric_of_ticket(call: Call) -> Reply:
    ticket = lists.find(call, "tickets", call.params["ticket_id"])
    return ok({"ticket_metric": call.account.store.history.metric(ticket["id"])})


@serve("fields_named")
def fields_named(call: Call) -> Rows:
    """At most a hundred fields by id or key; unknown ones are ignored."""
    ids, keys = call.query_list("ids"), call.query_list("keys")
    if not ids and not keys:
        raise errors.bad_parameter("keys", "is required")
    if len(ids) + len(keys) > lists.LARGEST_MANY:
        raise errors.too_many_items(lists.LARGEST_MANY)
    table = call.account.store.table(call.endpoint.of)
    rows = Rows(table.ids(), table.json)
    named = rows.where(lambda row: str(row["id"]) in ids or str(row.get("key")) in keys)
    return opt_in_fields.drop_opt_in_data(call, named)


@serve("email_notifications")
def email_notifications(call: Call) -> Rows:
    """E-mail notifications by their ids, or by those of comments or tickets."""
    wanted = {"notification_id": "ids", "comment_id": "comment_ids", "ticket_id": "ticket_ids"}
    named = {field: call.query_list(name) for field, name in wanted.items()}
    if not any(named.values()):
        raise errors.bad_parameter("ids", "is required")
    table = call.account.store.table("email_notifications")
    return Rows(table.ids(), table.json).where(lambda row: any(str(row[f]) in ids for f, ids in named.items()))


@serve("twicket_statuses")
def twicket_statuses(_: Call) -> Reply:
    status = {"id": 1, "favorited": False, "retweeted": False, "user_followed": True}
    return ok({"statuses": [status]})


@serve("download_macro_attachment")
def download_macro_attachment(call: Call) -> Reply:
    row = lists.parents(call)[-1]
    return Reply(body=content_of(row), headers={"Content-Type": row["content_type"]})


def _body_rows(call: Call) -> list[Row]:
    rows = call.json_body().get("ticket_form_status")
    if not isinstance(rows, list):
        raise errors.record_invalid(ticket_form_status="is required")
    return rows


@serve("set_form_statuses")
def set_form_statuses(call: Call) -> Reply:
    """Add statuses to a form; PUT replaces the form's statuses."""
    (parent,) = lists.parents(call)
    store = call.account.store
    field = "ticket_form_id" if "ticket_form_id" in call.params else "custom_status_id"
    if call.endpoint.method == "PUT":
        _clear(call, parent)
    made = [store.create("ticket_form_statuses", **(row | {field: parent["id"]})) for row in _body_rows(call)]
    return ok({"ticket_form_statuses": made})


def _clear(call: Call, form: Row) -> None:
    store = call.account.store
    for row in store.children("ticket_form_statuses", ticket_form_id=form["id"]):
        store.delete("ticket_form_statuses", row["id"])


@serve("clear_form_statuses")
def clear_form_statuses(call: Call) -> Reply:
    """Delete the statuses with the ids in the body, or all of the form."""
    (form,), ids = lists.parents(call), call.json_body().get("id")
    for row in call.account.store.children("ticket_form_statuses", ticket_form_id=form["id"]):
        if ids is None or str(row["id"]) in ids:
            call.account.store.delete("ticket_form_statuses", row["id"])
    return no_content()


@serve("change_form_status")
def change_form_status(call: Call) -> Reply:
    row = lists.path_row(call)
    changes = {name: value for change in _body_rows(call) for name, value in change.items() if name != "id"}
    return ok({"ticket_form_statuses": [call.account.store.update("ticket_form_statuses", row["id"], **changes)]})
