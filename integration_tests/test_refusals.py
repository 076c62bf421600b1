"""A completely refused sync fails; refused streams are read once access returns."""

from typing import Any

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, configured_catalog, discover, sync

FIVE = ["groups", "brands", "tags", "macros", "tickets"]
ADDRESS = {"error": {"title": "Forbidden", "message": "Access from this IP is not allowed"}}
SUSPENDED = {"error": "Forbidden", "description": "This account has been suspended"}
DEACTIVATED = {"error": "Forbidden", "description": "Your user is deactivated"}
IDENTITIES = "list_user_identities"


def refuse(zendesk: Emulator, path: str = "*", status: int = 403, **how: Any) -> None:
    zendesk.faults.add(path, status=status, times=999, **how)


def last_statuses(result: Result) -> dict[str, str]:
    return {stream: stream_statuses[-1] for stream, stream_statuses in result.statuses.items()}


@pytest.mark.parametrize("body", [ADDRESS, SUSPENDED, DEACTIVATED])
def test_an_account_wide_refusal_is_an_error_of_every_stream(body: Any, zendesk: Emulator) -> None:
    refuse(zendesk, body=body)
    result = sync(zendesk.config(), FIVE)
    assert result.exit_code == 1
    assert set(result.stream_errors) == set(FIVE)
    assert set(last_statuses(result).values()) == {"INCOMPLETE"}


def test_an_account_wide_refusal_during_a_sync_is_an_error(zendesk: Emulator) -> None:
    refuse(zendesk, "brands", body=SUSPENDED)
    result = sync(zendesk.config(), FIVE)
    assert last_statuses(result) == {**dict.fromkeys(FIVE, "COMPLETE"), "brands": "INCOMPLETE"}
    assert "suspended, locked or deactivated" in result.stream_errors["brands"]


@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
@pytest.mark.parametrize("kind", ["status", "empty_body"])
def test_a_sync_with_all_streams_refused_fails(kind: str, mode: str, zendesk: Emulator, command: Command) -> None:
    refuse(zendesk, kind=kind)
    catalog = configured_catalog(discover(zendesk.config()), FIVE, mode)
    result = command("read", config=zendesk.config(), catalog=catalog)
    assert result.exit_code == 1
    assert {"COMPLETE"}.isdisjoint(status for stream_statuses in result.statuses.values() for status in stream_statuses)
    assert set(last_statuses(result).values()) == {"INCOMPLETE"}
    assert set(result.stream_errors) == set(FIVE)
    assert "Zendesk refused every stream of this sync (brands, groups, macros, tags, tickets)" in result.errors[-1]


def test_a_refused_stream_completes_only_after_another_was_read(zendesk: Emulator) -> None:
    refuse(zendesk, "groups")
    result = sync(zendesk.config(num_workers=2), ["groups", "brands"])
    assert last_statuses(result) == {"groups": "COMPLETE", "brands": "COMPLETE"}
    summaries = [summary(message) for message in result.messages]
    assert summaries.index("brands") < summaries.index("groups COMPLETE")


def summary(message: dict[str, Any]) -> str:
    status = (message.get("trace") or {}).get("stream_status")
    if status:
        return f"{status['stream_descriptor']['name']} {status['status']}"
    return str(message["record"]["stream"]) if message.get("record") else ""


def test_an_empty_list_proves_access(zendesk: Emulator) -> None:
    refuse(zendesk, "groups")
    zendesk.faults.add("brands", kind="empty", times=9)
    result = sync(zendesk.config(), ["groups", "brands"])
    assert not result.records["brands"]
    assert (result.exit_code, last_statuses(result)["groups"]) == (0, "COMPLETE")


@pytest.mark.parametrize("status", [402, 403])
def test_refused_children_are_emitted_once_access_returns(status: int, zendesk: Emulator) -> None:
    zendesk.faults.add("users/*/identities", status=status, times=999)
    refused = sync(zendesk.config(), [IDENTITIES, "groups"])
    assert (refused.exit_code, refused.stream_errors) == (0, {})
    assert any(
        f"Stream {IDENTITIES} is skipped: Zendesk refuses the children of" in warning for warning in refused.warnings
    )
    assert not refused.records[IDENTITIES]
    zendesk.faults.clear()
    result = sync(zendesk.config(), [IDENTITIES], refused.state)
    assert_same_rows(result.records[IDENTITIES], _identities(zendesk))


@pytest.mark.parametrize("readable", [0, 1])
def test_many_refused_parents_end_the_stream_unless_one_returned_children(
    readable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_zendesk.parent_checkpoint.MAX_REFUSALS_BEFORE_GIVING_UP", 10)
    with Emulator(seed=1, rows=80, tickets=5) as zendesk:
        zendesk.faults.add("users/*/identities", status=402, times=999, after=readable)
        refused = sync(zendesk.config(num_workers=2), [IDENTITIES, "groups"])
        child_requests = [request for request in zendesk.requests if request.path.endswith("/identities")]
        assert (refused.exit_code, refused.stream_errors) == (0, {})
        assert (len(child_requests) < 40) == (readable == 0)
        skip_warnings = [
            warning
            for warning in refused.warnings
            if f"{IDENTITIES} is skipped: Zendesk refuses the children of its first" in warning
        ]
        assert len(skip_warnings) == (readable == 0)
        zendesk.faults.clear()
        if not readable:
            whole = sync(zendesk.config(), [IDENTITIES]).records[IDENTITIES]
            assert_same_rows(sync(zendesk.config(), [IDENTITIES], refused.state).records[IDENTITIES], whole)


@pytest.mark.parametrize("status", [402, 403])
def test_previously_emitted_children_that_are_all_refused_are_an_error(status: int, zendesk: Emulator) -> None:
    before = sync(zendesk.config(), [IDENTITIES])
    changed = _change_users(zendesk)
    zendesk.faults.add("users/*/identities", status=status, times=999)
    refused = sync(zendesk.config(), [IDENTITIES, "groups"], before.state)
    assert last_statuses(refused) == {IDENTITIES: "INCOMPLETE", "groups": "COMPLETE"}
    assert "refuses a stream that an earlier run could read" in refused.stream_errors[IDENTITIES]
    assert refused.state_of(IDENTITIES) == before.state_of(IDENTITIES)
    zendesk.faults.clear()
    result = sync(zendesk.config(), [IDENTITIES], refused.state)
    assert changed <= {row["user_id"] for row in result.records[IDENTITIES]}


@pytest.mark.parametrize(("stream", "path"), [("tags", "tags"), ("macro_actions", "macros/actions"),
    ("ticket_form_statuses", "*ticket_form_statuses*")])  # fmt: skip
def test_a_refused_stream_without_cursor_that_had_rows_is_an_error(stream: str, path: str, zendesk: Emulator) -> None:
    before = sync(zendesk.config(), [stream])
    assert before.records[stream]
    refuse(zendesk, path)
    for _ in range(2):
        before = refused = sync(zendesk.config(), [stream, "groups"], before.state)
        assert last_statuses(refused) == {stream: "INCOMPLETE", "groups": "COMPLETE"}
        assert "refuses a stream that an earlier run could read" in refused.stream_errors[stream]


def test_a_refused_stream_without_cursor_and_rows_is_skipped_in_each_run(zendesk: Emulator) -> None:
    refuse(zendesk, "tags")
    state = None
    for _ in range(2):
        result = sync(zendesk.config(), ["tags", "groups"], state)
        state = result.state
        assert (result.exit_code, last_statuses(result)) == (0, {"tags": "COMPLETE", "groups": "COMPLETE"})


@pytest.mark.parametrize("status", [404, 410, 422])
def test_children_of_deleted_parents_keep_the_state_without_an_error(status: int, zendesk: Emulator) -> None:
    before = sync(zendesk.config(), [IDENTITIES])
    _change_users(zendesk)
    refuse(zendesk, "users/*/identities", status)
    after = sync(zendesk.config(), [IDENTITIES], before.state)
    assert (after.exit_code, after.stream_errors) == (0, {})
    assert after.state_of(IDENTITIES) == before.state_of(IDENTITIES)


def test_a_run_with_some_refused_parents_advances_past_all(zendesk: Emulator) -> None:
    before = sync(zendesk.config(), [IDENTITIES])
    changed = sorted(_change_users(zendesk))
    refuse(zendesk, f"users/{changed[0]}/identities")
    after = sync(zendesk.config(), [IDENTITIES], before.state)
    assert (after.exit_code, after.stream_errors) == (0, {})
    assert {row["user_id"] for row in after.records[IDENTITIES]} >= set(changed[1:])
    assert after.state_of(IDENTITIES) != before.state_of(IDENTITIES)


@pytest.mark.parametrize("status", [402, 403])
def test_a_refusal_after_a_page_of_children_is_an_error_and_keeps_the_state(status: int) -> None:
    with Emulator(seed=1, rows=230, tickets=1) as zendesk:
        everything = sync(zendesk.config(), ["custom_object_records"])
        for row in zendesk.store.all("custom_objects"):
            zendesk.faults.add(f"custom_objects/{row['key']}/records", status=status, after=1, times=999)
        refused = sync(zendesk.config(), ["custom_object_records", "groups"])
        assert last_statuses(refused) == {"custom_object_records": "INCOMPLETE", "groups": "COMPLETE"}
        assert "after it returned earlier pages" in refused.stream_errors["custom_object_records"]
        zendesk.faults.clear()
        result = sync(zendesk.config(), ["custom_object_records"], refused.state)
        both = [*refused.records["custom_object_records"], *result.records["custom_object_records"]]
        assert {row["id"] for row in both} == {row["id"] for row in everything.records["custom_object_records"]}


def test_grandchildren_of_refused_parents_are_emitted_once_access_returns(zendesk: Emulator) -> None:
    everything = sync(zendesk.config(), ["show_user_identity"])
    zendesk.faults.add("users/*/identities", status=403, times=999)
    refused = sync(zendesk.config(), ["show_user_identity", "groups"])
    assert (refused.exit_code, refused.records["show_user_identity"]) == (0, [])
    assert any("show_user_identity is skipped: its parents cannot be read" in warning for warning in refused.warnings)
    zendesk.faults.clear()
    result = sync(zendesk.config(), ["show_user_identity"], refused.state)
    assert_same_rows(result.records["show_user_identity"], everything.records["show_user_identity"])


def _change_users(zendesk: Emulator) -> set[int]:
    zendesk.clock.advance(minutes=5)
    changed = {row["id"] for row in zendesk.store.all("users")[:3]}
    for user in changed:
        zendesk.store.update("users", user)
    zendesk.clock.advance(minutes=5)
    return changed


def _identities(zendesk: Emulator) -> list[dict[str, Any]]:
    users = [row["id"] for row in zendesk.store.all("users")]
    return [row for user in users for row in zendesk.store.children("user_identities", user_id=user)]
