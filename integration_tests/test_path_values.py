"""Values in a path cannot change the path, whether from the config or from a response."""

import pytest

from integration_tests.conftest import Command
from integration_tests.harness import configured_catalog, discover, sync
from integration_tests.recording_server import RecordingServer, Reply, respond_by_path

SESSION = {"stream": "delete_session", "parameters": {"user_id": 1, "session_id": 2}}
TRICKS = ["..", ".", "%2e%2e", "..\\", ".json", " ", "3/.."]


@pytest.mark.parametrize("trick", TRICKS)
def test_an_action_with_an_invalid_path_value_is_refused_before_any_request(trick: str, command: Command) -> None:
    action = {**SESSION, "parameters": {"user_id": 1, "session_id": trick}}
    with RecordingServer() as recorder:
        catalog = configured_catalog(discover(recorder.config(SESSION)), ["delete_session"])
        result = command("read", config=recorder.config(action), catalog=catalog)
        assert recorder.requests == []
    assert result.exit_code == 1
    assert "`actions[0].parameters`: `session_id` is not a valid path segment" in result.errors[0]


def test_an_input_with_an_invalid_path_value_is_refused(command: Command) -> None:
    item = {"stream": "show_ticket", "parameters": {"ticket_id": ".."}}
    with RecordingServer() as recorder:
        catalog = configured_catalog(discover(recorder.config()), ["show_ticket"])
        result = command("read", config={**recorder.config(), "inputs": [item]}, catalog=catalog)
        assert recorder.requests == []
    assert "`inputs[0].parameters`: `ticket_id` is not a valid path segment" in result.errors[0]


def test_a_parent_with_an_invalid_path_value_is_skipped_and_counted() -> None:
    groups = [{"id": 1, "updated_at": "2026-01-01T00:00:00Z"}, {"id": "..", "updated_at": "2026-01-01T00:00:00Z"}]
    responder = respond_by_path(groups__1=Reply(body={"group": {"id": 1}}), groups=Reply(body={"groups": groups}))
    with RecordingServer(responder) as recorder:
        result = sync(recorder.config(), ["show_group"])
        assert {arrived.path for arrived in recorder.requests} == {"/api/v2/groups", "/api/v2/groups/1"}
    assert [row["id"] for row in result.records["show_group"]] == [1]
    assert any("skipped 1 parent " in warning for warning in result.warnings)
