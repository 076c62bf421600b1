"""Partly failed actions are not sent again, and their failed items are reported."""

from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import run, sync

Row = dict[str, Any]
STREAM = "recover_many_suspended_tickets"
PATH = "/api/v2/suspended_tickets/recover_many"


def action_config(zendesk: Emulator, stream: str, **parameters: Any) -> Row:
    return zendesk.config(allow_writes=True, actions=[{"stream": stream, "parameters": parameters}])


def add_errors(zendesk: Emulator, *rows: Row) -> None:
    for row in rows:
        zendesk.store.update("suspended_tickets", row["id"], error_messages=["The author is suspended"])


@pytest.mark.parametrize("form", ["text", "list"])
def test_a_partly_failed_action_is_reported_and_not_sent_again(zendesk: Emulator, form: str) -> None:
    good, bad, other = (row["id"] for row in zendesk.store.all("suspended_tickets")[:3])
    add_errors(zendesk, {"id": bad})
    ids = [good, bad, other]
    config = action_config(zendesk, STREAM, ids=",".join(map(str, ids)) if form == "text" else ids)
    result = sync(config, [STREAM])
    assert [(row["id"], row["_status"]) for row in result.records[STREAM]] == [(bad, "failed")]
    assert result.records[STREAM][0]["error_messages"] == ["The author is suspended"]
    assert result.statuses[STREAM][-1] == "INCOMPLETE"
    error = result.stream_errors[STREAM]
    assert f"was done except for {bad};" in error
    assert {good, other}.isdisjoint(row["id"] for row in zendesk.store.all("suspended_tickets"))
    again = sync(config, [STREAM], result.state)
    assert again.records[STREAM] == []
    assert len(zendesk.requests_to(PATH)) == 1


def test_an_action_with_all_items_failed_may_be_sent_again(zendesk: Emulator) -> None:
    rows = zendesk.store.all("suspended_tickets")[:2]
    add_errors(zendesk, *rows)
    config = action_config(zendesk, STREAM, ids=[row["id"] for row in rows])
    first = sync(config, [STREAM])
    assert first.records[STREAM] == []
    assert "Zendesk refused" in first.stream_errors[STREAM]
    for row in rows:
        zendesk.store.update("suspended_tickets", row["id"], error_messages=[])
    second = sync(config, [STREAM], first.state)
    assert [row["_status"] for row in second.records[STREAM]] == ["done", "done"]
    assert second.errors == []


def test_an_unrecoverable_suspended_ticket_is_refused(zendesk: Emulator) -> None:
    row = zendesk.store.all("suspended_tickets")[0]
    add_errors(zendesk, row)
    result = sync(action_config(zendesk, "recover_suspended_ticket", id=row["id"]), ["recover_suspended_ticket"])
    assert "Zendesk refused" in result.stream_errors["recover_suspended_ticket"]


def test_attachments_of_a_suspended_ticket_are_copied(zendesk: Emulator) -> None:
    stream, row = "create_suspended_ticket_attachments", zendesk.store.all("suspended_tickets")[0]
    result = sync(action_config(zendesk, stream, id=row["id"]), [stream])
    assert [record["_status"] for record in result.records[stream]] == ["done"]
    (request,) = zendesk.requests_to("/api/v2/suspended_tickets/attachments")
    assert request.query == {"id": [str(row["id"])]}
    refused = run("check", config=action_config(zendesk, stream)).connection_status
    assert refused["status"] == "FAILED"
    assert "id" in refused["message"]


def test_inputs_with_macro_and_ticket_request_both(zendesk: Emulator) -> None:
    stream = "show_ticket_after_macro"
    macro = zendesk.store.all("macros")[0]["id"]
    inputs = [{"stream": stream, "parameters": {"ticket_id": 1, "macro_id": macro}}]
    result = sync(zendesk.config(inputs=inputs), [stream])
    assert [(row["ticket_id"], row["macro_id"]) for row in result.records[stream]] == [(1, macro)]
    assert len(zendesk.requests) == 1
    assert stream not in run("discover", config=zendesk.config()).catalog
