"""A state is used in every form of the Airbyte protocol; one that cannot be used is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.harness import Row, State, configured_catalog, discover, sync
from integration_tests.recording_server import RecordingServer, Reply

TICKET = {"stream": "create_ticket", "body": {"ticket": {"subject": "Hello"}}}
STREAM = "create_ticket"


def stream_state(state: State, **descriptor: Any) -> Row:
    return {"stream_descriptor": {"name": STREAM, **descriptor}, "stream_state": state[0]["stream"]["stream_state"]}


FORMS: dict[str, Callable[[State], list[Row]]] = {
    "empty namespace": lambda state: [{"type": "STREAM", "stream": stream_state(state, namespace="")}],
    "namespace": lambda state: [{"type": "STREAM", "stream": stream_state(state, namespace="support")}],
    "no type": lambda state: [{"stream": stream_state(state)}],
    "legacy": lambda state: [{"type": "LEGACY", "data": {STREAM: state[0]["stream"]["stream_state"]}}],
    "data beside the stream": lambda state: [{**state[0], "data": {STREAM: {}}}],
    "global": lambda state: [{"type": "GLOBAL", "global": {"stream_states": [stream_state(state, namespace="a")]}}],
    "global beside others": lambda state: [
        {"type": "GLOBAL", "global": {"stream_states": [stream_state(state)]}},
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "groups"}, "stream_state": {}}},
    ],
}


@pytest.mark.parametrize("form", FORMS)
def test_no_action_is_sent_again_whatever_the_form_of_its_state(form: str) -> None:
    with RecordingServer(lambda _: Reply(201, {"ticket": {"id": 7}})) as recorder:
        config = recorder.config(TICKET)
        first = sync(config, [STREAM])
        second = sync(config, [STREAM], FORMS[form](first.state))
        assert len(recorder.sent_lines) == 1
    assert second.errors == []


def test_the_console_script_uses_them_too(command: Command) -> None:
    with RecordingServer(lambda _: Reply(201, {"ticket": {"id": 7}})) as recorder:
        config = recorder.config(TICKET)
        catalog = configured_catalog(discover(config), [STREAM])
        first = command("read", config=config, catalog=catalog)
        second = command("read", config=config, catalog=catalog, state=FORMS["legacy"](first.state))
        assert len(recorder.sent_lines) == 1
    assert (second.exit_code, second.errors) == (0, [])


@pytest.mark.parametrize("name", ["Create_Ticket", "CREATE_TICKET", " create_ticket"])
def test_a_state_under_another_spelling_is_refused_by_name(name: str) -> None:
    with RecordingServer(lambda _: Reply(201, {"ticket": {"id": 7}})) as recorder:
        config = recorder.config(TICKET)
        state = json.loads(json.dumps(sync(config, [STREAM]).state))
        state[0]["stream"]["stream_descriptor"]["name"] = name
        second = sync(config, [STREAM], state)
        assert len(recorder.sent_lines) == 1
    assert repr(name) in second.stream_errors[STREAM]
    assert "No action is sent" in second.stream_errors[STREAM]


def test_states_of_streams_that_the_catalog_lacks_are_named() -> None:
    with RecordingServer(lambda _: Reply(201, {"ticket": {"id": 7}})) as recorder:
        state = [{"type": "LEGACY", "data": {name: {} for name in ("creat_ticket", "macros")}}]
        result = sync(recorder.config(TICKET), [STREAM], state)
    (warning,) = [text for text in result.warnings if "the catalog does not have" in text]
    assert "creat_ticket, macros" in warning


@pytest.mark.parametrize("value", ["soon", 5, []])
def test_a_legacy_state_that_is_no_object_is_an_error_of_its_stream(value: Any) -> None:
    with RecordingServer() as recorder:
        result = sync(recorder.config(TICKET), [STREAM], [{"type": "LEGACY", "data": {STREAM: value}}])
        assert recorder.sent_lines == []
    assert "expected an object" in result.stream_errors[STREAM]


def test_the_state_command_keeps_one_state_of_a_stream_whatever_its_namespace(command: Command, tmp_path: Path) -> None:
    older, newer = ({"stream_descriptor": {"name": STREAM}, "stream_state": {"actions": {}, "salt": s}} for s in "ab")
    given = [
        {"type": "STREAM", "stream": older},
        {"type": "STREAM", "stream": {**older, "stream_descriptor": {"name": STREAM, "namespace": ""}}},
    ]
    messages = tmp_path / "messages.jsonl"
    messages.write_text(json.dumps({"type": "STATE", "state": {"type": "STREAM", "stream": newer}}))
    result = command("state", str(messages), state=given)
    (kept,) = result.messages
    assert kept["stream"] == newer
