"""The commands `catalog` and `state` print files for `read`."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import CONSOLE, Row, arguments, configured_catalog, discover, run

CONFIG: Row = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}


def run_json(command: Command, *line: str, **files: Any) -> Any:
    """The JSON on stdout of a successful command."""
    result = command(*line, **files)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def state_line(stream: str, moment: int) -> str:
    """A line with a STATE message."""
    place = {"stream_descriptor": {"name": stream}, "stream_state": {"updated_at": moment}}
    return json.dumps({"type": "STATE", "state": {"type": "STREAM", "stream": place}}) + "\n"


def test_read_accepts_the_output_of_catalog_and_state(
    command: Command, quiet_zendesk: Emulator, tmp_path: Path
) -> None:
    config = quiet_zendesk.config()
    catalog = run_json(command, "catalog", "tickets", "tags", "account_settings", config=config)
    modes = {each["stream"]["name"]: (each["sync_mode"], each["destination_sync_mode"]) for each in catalog["streams"]}
    assert modes == {
        "tickets": ("incremental", "append_dedup"),
        "tags": ("full_refresh", "append_dedup"),
        "account_settings": ("full_refresh", "append"),
    }
    first = command("read", config=config, catalog=catalog)
    messages = tmp_path / "messages.jsonl"
    messages.write_text("".join(json.dumps(message) + "\n" for message in first.messages))
    state = run_json(command, "state", str(messages))
    assert state == first.state
    again = command("read", config=config, catalog=catalog, state=state)
    assert (len(first.records["tickets"]) > 0, again.records["tickets"]) == (True, [])


def test_catalog_all_matches_discover_and_supports_full_refresh(command: Command) -> None:
    catalog = run_json(command, "catalog", "--all", "--full-refresh", config=CONFIG)
    assert {each["stream"]["name"] for each in catalog["streams"]} == set(run("discover", config=CONFIG).catalog)
    assert {each["sync_mode"] for each in catalog["streams"]} == {"full_refresh"}


def test_misspelt_streams_are_refused_and_misspelt_fields_warned_about(command: Command) -> None:
    result = command("catalog", "tikets", "search_users", "users", config={**CONFIG, "start_dat": "2024-01-01"})
    assert (result.exit_code, result.noise, result.messages) == (1, [], [])
    assert "Stream tikets: there is no such stream; did you mean tickets" in result.stderr
    assert "Stream search_users is of kind input: name it in `inputs`" in result.stderr
    assert "did you mean start_date?" in result.stderr
    assert "Stream users" not in result.stderr


def run_state(folder: Path, messages: str, earlier: list[Row]) -> subprocess.CompletedProcess[str]:
    """Run `state` with messages on stdin."""
    line = [str(CONSOLE), "state", *arguments(folder, {"state": earlier})]
    return subprocess.run(line, input=messages, capture_output=True, text=True, check=False)


def test_the_latest_state_of_each_stream_is_printed(tmp_path: Path) -> None:
    record = {"type": "RECORD", "record": {"stream": "users", "data": {"name": '"STATE"'}, "emitted_at": 1}}
    messages = (
        state_line("users", 1)
        + state_line("groups", 1)
        + json.dumps(record)
        + "\n"
        + state_line("users", 2)
        + state_line("users", 3)[:40]
    )
    earlier = [json.loads(state_line(name, 0))["state"] for name in ("groups", "tags")]
    ended = run_state(tmp_path, messages, earlier)
    newest = {
        each["stream"]["stream_descriptor"]["name"]: each["stream"]["stream_state"] for each in json.loads(ended.stdout)
    }
    assert newest == {"users": {"updated_at": 2}, "groups": {"updated_at": 1}, "tags": {"updated_at": 0}}
    assert "-, line 5: not valid JSON" in ended.stderr


def test_messages_without_a_state_are_reported(tmp_path: Path) -> None:
    ended = run_state(tmp_path, "", [])
    assert (ended.returncode, json.loads(ended.stdout)) == (0, [])
    assert "contains no state" in ended.stderr


def test_missing_messages_are_an_error(command: Command) -> None:
    result = command("state", "none.jsonl")
    assert (result.exit_code, result.noise) == (1, [])
    assert result.stderr == "source-zendesk state: none.jsonl: the file cannot be read (No such file or directory).\n"


@pytest.mark.parametrize("option", ["config", "catalog", "state"])
def test_a_file_can_be_a_pipe(option: str, command: Command, quiet_zendesk: Emulator, tmp_path: Path) -> None:
    config = quiet_zendesk.config()
    files: dict[str, object] = {
        "config": config,
        "catalog": configured_catalog(discover(config), ["groups"]),
        "state": [],
    }
    pipe, content = tmp_path / "pipe", json.dumps(files.pop(option))
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_text, args=(content,), daemon=True).start()
    result = command("read", f"--{option}", str(pipe), **files)
    assert (result.exit_code, len(result.records["groups"]) > 0) == (0, True)


@pytest.mark.parametrize("line", ["discover --config config.json", "state -"])
def test_a_stdout_closed_from_the_start_ends_the_command_quietly(line: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    shell = ["sh", "-c", f"{CONSOLE} {line} >&- </dev/null"]
    ended = subprocess.run(shell, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.parametrize(
    "value", ["9" * 30, '"\\ud83d"', "[" * 400 + "]" * 400], ids=["a large number", "half a character", "many levels"]
)
@pytest.mark.parametrize("place", ["messages", "state"])
def test_a_state_with_values_invalid_in_json_is_printed_with_a_warning(
    value: str, place: str, command: Command, tmp_path: Path
) -> None:
    odd = json.dumps({"stream": {"stream_descriptor": {"name": "tags"}, "stream_state": {"a": "X"}}}).replace(
        '"X"', value
    )
    earlier, messages = (f"[{odd}]", "") if place == "state" else ("[]", f'{{"type": "STATE", "state": {odd}}}\n')
    (tmp_path / "messages.jsonl").write_text(messages)
    result = command("state", str(tmp_path / "messages.jsonl"), state=earlier)
    assert (result.exit_code, len(json.loads(result.stdout))) == (0, 1)
    assert "The state of 'tags' has values that are invalid in JSON" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_closed_stdin_holds_no_messages(tmp_path: Path) -> None:
    ended = subprocess.run(
        ["sh", "-c", f"{CONSOLE} state <&-"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "source-zendesk state: stdin is closed; name a file" in ended.stderr


def test_an_error_is_not_printed_on_stdout_where_stderr_is_closed(tmp_path: Path) -> None:
    shell = ["sh", "-c", f"{CONSOLE} catalog --config none.json tickets 2>&-"]
    ended = subprocess.run(shell, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
