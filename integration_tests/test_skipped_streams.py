"""Only streams outside the plan or the role are skipped, with a warning."""

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync

FORBIDDEN = ["audit_logs", "custom_roles", "account_attributes", "trigger_revisions"]
MISSING = ["custom_objects", "group_sla_policies", "workspaces"]
EVERYWHERE = ["tickets", "groups", "brands", "ticket_comments"]


def assert_complete_but_for(result: Result, *skipped: str) -> None:
    assert (result.errors, result.exit_code) == ([], 0)
    assert {status[-1] for status in result.statuses.values()} == {"COMPLETE"}
    assert {name for name in result.statuses if not result.records[name]} == set(skipped)
    assert [
        name for name in skipped if not any(warning.startswith(f"Stream {name}") for warning in result.warnings)
    ] == []


def test_streams_outside_the_plan_are_skipped(zendesk: Emulator) -> None:
    zendesk.options.plan = "team"
    result = sync(zendesk.config(), [*FORBIDDEN, *MISSING, *EVERYWHERE])
    lacking = [name for name in FORBIDDEN if name != "trigger_revisions"]
    assert_complete_but_for(result, *lacking, *MISSING, "trigger_revisions")


@pytest.mark.parametrize("stream", ["audit_logs", "custom_objects"])
def test_the_skip_warning_gives_the_cause(stream: str, zendesk: Emulator) -> None:
    zendesk.options.plan = "team"
    (warning,) = sync(zendesk.config(), [stream, "groups"]).warnings
    reason = "the role or the plan does not allow it" if stream == "audit_logs" else "this account does not have it"
    assert warning.startswith(f"Stream {stream} is skipped: {reason}")


def test_streams_outside_the_role_are_skipped(zendesk: Emulator) -> None:
    zendesk.options.role = "agent"
    result = sync(zendesk.config(), ["tickets", "ticket_metrics", "organizations", "groups", "list_tickets"])
    assert_complete_but_for(result, "tickets", "ticket_metrics", "organizations")


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("groups", "groups"),
        ("tickets", "incremental/tickets/cursor"),
        ("ticket_audits", "ticket_audits"),
        ("organizations", "incremental/organizations"),
    ],
)
def test_a_refusal_with_an_empty_body_skips_the_stream(stream: str, path: str, zendesk: Emulator) -> None:
    zendesk.faults.add(path, kind="empty_body", status=403, times=99)
    assert_complete_but_for(sync(zendesk.config(), [stream, "brands"]), stream)


@pytest.mark.parametrize("stream", ["audit_logs", "trigger_revisions", "attribute_values"])
def test_a_refused_stream_with_a_state_is_an_error_and_keeps_its_state(stream: str, zendesk: Emulator) -> None:
    before = sync(zendesk.config(), [stream])
    zendesk.options.plan = "team"
    after = sync(zendesk.config(), [stream, "groups"], before.state)
    assert after.exit_code == 1
    assert after.statuses[stream][-1] == "INCOMPLETE"
    assert "refuses a stream that an earlier run could read" in after.stream_errors[stream]
    assert after.state_of(stream) == before.state_of(stream)
    assert after.statuses["groups"][-1] == "COMPLETE"


def test_a_skipped_stream_is_read_completely_once_in_the_plan(zendesk: Emulator) -> None:
    zendesk.options.plan = "team"
    skipped = sync(zendesk.config(), ["group_sla_policies", "groups"])
    zendesk.options.plan = "enterprise"
    result = sync(zendesk.config(), ["group_sla_policies"], skipped.state)
    assert_same_rows(result.records["group_sla_policies"], zendesk.expected("GET", "/api/v2/group_slas/policies"))


def test_children_of_a_skipped_parent_stream_are_skipped_with_a_warning(zendesk: Emulator) -> None:
    zendesk.options.plan = "team"
    result = sync(zendesk.config(), ["custom_object_records", "groups"])
    assert_complete_but_for(result, "custom_object_records")


@pytest.mark.parametrize("status", [403, 404, 410, 422])
@pytest.mark.parametrize("kind", ["status", "empty_body"])
def test_child_refusal_skips_only_that_parent(status: int, kind: str, zendesk: Emulator) -> None:
    refused, *others = [row["id"] for row in zendesk.store.all("users")]
    zendesk.faults.add(f"users/{refused}/identities", kind=kind, status=status, times=9)
    result = sync(zendesk.config(), ["list_user_identities"])
    assert_complete_but_for(result)
    assert_same_rows(
        result.records["list_user_identities"],
        [row for user in others for row in zendesk.store.children("user_identities", user_id=user)],
    )


def test_skipped_parents_are_counted(zendesk: Emulator) -> None:
    first, second = [row["id"] for row in zendesk.store.all("users")][:2]
    for user in (first, second):
        zendesk.faults.add(f"users/{user}/identities", status=403, times=9)
    result = sync(zendesk.config(), ["list_user_identities"])
    assert [warning for warning in result.warnings if "list_user_identities" in warning and "2 parents" in warning]


def test_grandchildren_skip_a_refused_parent(zendesk: Emulator) -> None:
    trigger = zendesk.store.all("triggers")[0]["id"]
    zendesk.faults.add(f"triggers/{trigger}/revisions", status=404, times=9)
    result = sync(zendesk.config(), ["show_trigger_revision"])
    assert_complete_but_for(result)
    assert trigger not in {row["trigger_id"] for row in result.records["show_trigger_revision"]}


def test_a_refusal_in_the_middle_of_a_list_is_an_error_not_an_end() -> None:
    with Emulator(seed=1, rows=230, tickets=1) as zendesk:
        zendesk.faults.add("groups", status=403, after=1, times=9)
        result = sync(zendesk.config(), ["groups"])
    assert result.statuses["groups"][-1] == "INCOMPLETE"
    assert "403" in result.stream_errors["groups"]


def test_a_missing_scope_is_an_error(zendesk: Emulator) -> None:
    body = {"error": "Forbidden", "description": "Missing the following required scopes: read"}
    zendesk.faults.add("groups", status=403, body=body, times=9)
    result = sync(zendesk.config(), ["groups"])
    assert "lacks the scope `read`" in result.stream_errors["groups"]


def test_a_missing_account_is_an_error(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=404, body="No help desk at acme.zendesk.com", times=9)
    assert "groups" in sync(zendesk.config(), ["groups"]).stream_errors


def test_wrong_credentials_are_an_error_of_every_stream_after_one_request_each(zendesk: Emulator) -> None:
    wrong = {**zendesk.config()["credentials"], "api_token": "not-the-token"}
    result = sync(zendesk.config(credentials=wrong), ["groups", "brands"])
    assert set(result.stream_errors) == {"groups", "brands"}
    assert all("check `credentials`" in message for message in result.stream_errors.values())
    assert len(zendesk.requests) <= 2
