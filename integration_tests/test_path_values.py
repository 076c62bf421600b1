"""Values in a path have the documented type and cannot change the path, whether from the config or a response."""

from typing import Any

import pytest

from integration_tests.action_helpers import required_body
from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import configured_catalog, discover, run, sync
from integration_tests.recording_server import RecordingServer, Reply, respond_by_path
from source_zendesk.manifest import Endpoint, Manifest

MANIFEST = Manifest.load()
WRONG_TYPES = [[1], {"a": 1}, True, 1.5]
NO_INTEGERS = ["abc", "1a", "1.0", "٣", "01H078CBDY28BZG7P6BONY09DN"]

SESSION = {"stream": "delete_session", "parameters": {"user_id": 1, "session_id": 2}}
TRICKS = {
    "..": "starts with a dot", ".": "starts with a dot", "../2": "starts with a dot", ".json": "starts with a dot",
    "..\\": "starts with a dot", "%2e%2e": "starts with a dot after decoding", "3/..": "has a dot after a slash",
    " ": "is empty", "3/": "has a slash without text before or after it", "3%00": "contains non-printable characters",
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_an_action_with_an_invalid_path_value_is_refused_before_any_request(trick: str, command: Command) -> None:
    action = {**SESSION, "parameters": {"user_id": 1, "session_id": trick}}
    with RecordingServer() as recorder:
        catalog = configured_catalog(discover(recorder.config(SESSION)), ["delete_session"])
        result = command("read", config=recorder.config(action), catalog=catalog)
        assert recorder.requests == []
    assert result.exit_code == 1
    cause = f"`actions[0].parameters.session_id`: {trick!r} {TRICKS[trick]}"
    assert cause in result.errors[0]
    assert "; give the id or key alone." in result.errors[0]


@pytest.mark.parametrize("field", ["actions", "inputs"])
def test_one_error_names_the_faults_of_all_items(field: str, command: Command) -> None:
    items: dict[str, list[dict[str, Any]]] = {
        "actions": [
            {"stream": "upload_files", "file": "none.zip", "name": "a.zip"},
            {"stream": "nothing"},
            SESSION,
            {"stream": "delete_session", "parameters": {"user_id": "../2", "session_id": "", "id": 3}},
        ],
        "inputs": [
            {"stream": "show_ticket", "parameters": {}},
            {"stream": "nothing", "parameters": {}},
            {"stream": "show_ticket", "parameters": {"ticket_id": 1}},
            {"stream": "show_ticket", "parameters": {"ticket_id": "../2", "id": 3}},
        ],
    }
    faults = {
        "actions": [
            "[0].name`: unknown field", "[0].parameters.filename`: it is missing", "[0].file`: none.zip does not exist",
            "[1].stream`: 'nothing' is not a stream", "[3].parameters.session_id`: it is missing",
            "[3].parameters.user_id`: '../2' starts with a dot", "[3].parameters.id`: unknown parameter",
        ],
        "inputs": [
            "[0].parameters.ticket_id`: it is missing", "[1].stream`: 'nothing' is not a stream",
            "[3].parameters.ticket_id`: '../2' starts with a dot", "[3].parameters.id`: unknown parameter",
        ],
    }[field]  # fmt: skip
    with RecordingServer() as recorder:
        result = command("check", config={**recorder.config(), "allow_writes": True, field: items[field]})
        assert recorder.requests == []
    message = result.connection_status["message"]
    assert [text for text in faults if f"`{field}{text}" not in message] == []
    assert message.count(f"`{field}[") == len(faults)


def test_an_input_with_an_invalid_path_value_is_refused(command: Command) -> None:
    item = {"stream": "show_ticket", "parameters": {"ticket_id": ".."}}
    with RecordingServer() as recorder:
        catalog = configured_catalog(discover(recorder.config()), ["show_ticket"])
        result = command("read", config={**recorder.config(), "inputs": [item]}, catalog=catalog)
        assert recorder.requests == []
    assert "`inputs[0].parameters.ticket_id`: '..' starts with a dot; give the id or key alone." in result.errors[0]


def test_a_parent_with_an_invalid_path_value_is_skipped_and_counted() -> None:
    groups = [{"id": 1, "updated_at": "2026-01-01T00:00:00Z"}, {"id": "..", "updated_at": "2026-01-01T00:00:00Z"}]
    responder = respond_by_path(groups__1=Reply(body={"group": {"id": 1}}), groups=Reply(body={"groups": groups}))
    with RecordingServer(responder) as recorder:
        result = sync(recorder.config(), ["show_group"])
        assert {arrived.path for arrived in recorder.requests} == {"/api/v2/groups", "/api/v2/groups/1"}
    assert [row["id"] for row in result.records["show_group"]] == [1]
    assert any("skipped 1 parent " in warning for warning in result.warnings)


def item_of(entry: Endpoint, name: str, value: Any) -> dict[str, Any]:
    """An item with this value for one placeholder, and the required body."""
    body = required_body(entry)
    parameters = {each.split("|")[0]: "1" for each in entry.required_params} | {name: value}
    return {"stream": entry.name, "parameters": parameters, **({"body": body} if body else {})}


def check(config: dict[str, Any], entry: Endpoint, item: dict[str, Any]) -> dict[str, Any]:
    """The result of `check` with this item."""
    field = "actions" if entry.kind == "action" else "inputs"
    return run("check", config={**config, "allow_writes": True, field: [item]}).connection_status


@pytest.mark.parametrize("value", WRONG_TYPES + NO_INTEGERS)
@pytest.mark.parametrize("stream", ["delete_group", "show_ticket", "show_attachment"])
def test_a_path_value_of_another_type_is_refused_before_any_request(stream: str, value: Any) -> None:
    entry = MANIFEST.endpoints[stream]
    (name,) = entry.placeholders
    with RecordingServer() as recorder:
        status = check(recorder.config(), entry, item_of(entry, name, value))
        assert recorder.requests == []
    assert f"[0].parameters.{name}`: expected an integer; got " in status["message"]


@pytest.mark.parametrize(
    ("stream", "value"), [("delete_group", "7"), ("delete_group", 7), ("set_user_password", "me"), ("show_ticket", "7")]
)
def test_an_integer_its_text_and_the_own_user_are_accepted(stream: str, value: Any, zendesk: Emulator) -> None:
    entry = MANIFEST.endpoints[stream]
    assert check(zendesk.config(), entry, item_of(entry, entry.placeholders[0], value)) == {"status": "SUCCEEDED"}
