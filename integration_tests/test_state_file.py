"""`read --state-file` continues a read by the same command, and its file is never ahead of the output."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import (
    CONSOLE,
    Result,
    Row,
    arguments,
    configured_catalog,
    console,
    console_process,
    discover,
    parse_output,
)
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, Responder
from source_zendesk.cli import atomic_file

PAGES, ROWS = 30, 100
CONFIG: Row = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}


def groups(arrived: RecordedRequest) -> Reply:
    """A cursor list of many pages, resumable at each page."""
    page = int(arrived.query.get("page[after]", 0))
    rows = [{"id": page * ROWS + n, "name": "x" * 40, "updated_at": "2026-01-01T00:00:00Z"} for n in range(ROWS)]
    return Reply(body={"groups": rows, "meta": {"has_more": page + 1 < PAGES, "after_cursor": str(page + 1)}})


def content(path: Path) -> list[Row]:
    """The states of a file; an unfinished file is not valid JSON."""
    states: list[Row] = json.loads(path.read_text()) if path.exists() else []
    return states


def command_line(config: Row, folder: Path, streams: list[str], mode: str | None = None) -> list[str]:
    files = {"config": config, "catalog": configured_catalog(discover(config), streams, mode)}
    return ["read", *arguments(folder, files), "--state-file", str(folder / "state.json")]


@contextmanager
def reading(responder: Responder, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A read of groups into a pipe, with the pipe's read end."""
    reader, writer = os.pipe()
    with RecordingServer(responder) as recorder:
        line = command_line(recorder.config(), folder, ["groups"])
        with console_process(*line, stdout=writer, stderr=subprocess.DEVNULL) as process:
            os.close(writer)
            yield process, reader


def take(reader: int, size: int) -> bytes:
    """The next bytes of the output: as many as `size`, or all."""
    seen = b""
    while len(seen) < size and (more := os.read(reader, size - len(seen))):
        seen += more
    return seen


def messages_in(output: bytes) -> Result:
    """The messages on the complete lines of an output."""
    return parse_output(output[: output.rfind(b"\n") + 1].decode().splitlines())


def ids(*results: Result) -> list[int]:
    return [row["id"] for result in results for row in result.records["groups"]]


def test_the_same_command_continues(command: Command, quiet_zendesk: Emulator, tmp_path: Path) -> None:
    line = command_line(quiet_zendesk.config(), tmp_path, ["tickets", "tags"])
    first = command(*line)
    assert content(tmp_path / "state.json") == first.state
    again = command(*line)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert (bool(first.records["tickets"]), again.records["tickets"]) == (True, [])
    assert again.records["tags"] == first.records["tags"]


def test_the_file_has_the_form_of_the_state_command(command: Command, quiet_zendesk: Emulator, tmp_path: Path) -> None:
    config, path = quiet_zendesk.config(), tmp_path / "state.json"
    result = command(*command_line(config, tmp_path, ["groups", "tags"]))
    (tmp_path / "messages.jsonl").write_text("".join(f"{json.dumps(message)}\n" for message in result.messages))
    printed = subprocess.run(
        [str(CONSOLE), "state", str(tmp_path / "messages.jsonl"), "--state", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == path.read_text()
    catalog = configured_catalog(discover(config), ["groups"])
    resumed = command("read", config=config, catalog=catalog, state=content(path))
    assert len(resumed.records["groups"]) < len(result.records["groups"])


def test_states_of_other_streams_and_the_mode_of_the_file_are_kept(
    command: Command, quiet_zendesk: Emulator, tmp_path: Path
) -> None:
    path, target = tmp_path / "state.json", tmp_path / "target.json"
    other = {"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"cursor": "c"}}}
    target.write_text(json.dumps([other]))
    target.chmod(0o640)
    path.symlink_to(target)
    result = command(*command_line(quiet_zendesk.config(), tmp_path, ["groups"]))
    assert content(target) == [other, *result.state]
    assert (path.is_symlink(), target.stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "catalog.json",
        "config.json",
        "state.json",
        "target.json",
    ]


def test_a_full_refresh_of_an_incremental_stream_starts_from_the_beginning(
    command: Command, quiet_zendesk: Emulator, tmp_path: Path
) -> None:
    line = command_line(quiet_zendesk.config(), tmp_path, ["groups", "tags"], "full_refresh")
    first, again = command(*line), command(*line)
    assert again.records == first.records
    assert first.records["groups"]


@pytest.mark.parametrize("size", [0, 9_000, 70_000, 150_001, 250_000])
def test_a_kill_leaves_a_file_that_is_not_ahead_of_the_output(size: int, tmp_path: Path) -> None:
    """The reader takes some bytes and kills the process; what it took is all that it has."""
    with reading(groups, tmp_path) as (process, reader):
        output = take(reader, size)
        process.kill()
        process.wait(120)
        saved = content(tmp_path / "state.json")
        os.close(reader)
    first = messages_in(output)
    assert all(state in first.states for state in saved)
    with reading(groups, tmp_path) as (process, reader):
        second = messages_in(take(reader, 10_000_000))
        assert process.wait(120) == 0
    assert set(ids(first, second)) == set(range(PAGES * ROWS))
    assert len(ids(first, second)) <= (PAGES + 3) * ROWS + len(ids(first)) * (not saved)


@pytest.mark.parametrize("size", [1, 30_000, 100_000])
def test_a_closed_stdout_leaves_a_file_that_is_not_ahead_of_the_reader(size: int, tmp_path: Path) -> None:
    with reading(groups, tmp_path) as (process, reader):
        output = take(reader, size)
        os.close(reader)
        assert process.wait(120) == 1
    first = messages_in(output)
    assert all(state in first.states for state in content(tmp_path / "state.json"))


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_a_file_to_continue_from(signal_number: signal.Signals, tmp_path: Path) -> None:
    with reading(groups, tmp_path) as (process, reader):
        output = take(reader, 70_000)
        process.send_signal(signal_number)
        output += take(reader, 10_000_000)
        assert process.wait(120) == -signal_number
        os.close(reader)
    first = messages_in(output)
    assert all(state in first.states for state in content(tmp_path / "state.json"))
    with reading(groups, tmp_path) as (process, reader):
        second = messages_in(take(reader, 10_000_000))
        os.close(reader)
    assert set(ids(first, second)) == set(range(PAGES * ROWS))
    assert len(ids(first, second)) <= PAGES * ROWS + 2 * ROWS


def test_at_every_request_the_file_is_valid_and_behind_the_output_file(tmp_path: Path) -> None:
    output = tmp_path / "messages.jsonl"
    faults: list[Row] = []
    seen: set[str] = set()

    def respond(arrived: RecordedRequest) -> Reply:
        saved = content(tmp_path / "state.json")
        printed = messages_in(output.read_bytes()).states
        faults.extend(state for state in saved if state not in printed)
        seen.update(json.dumps(state) for state in saved)
        return groups(arrived)

    with RecordingServer(respond) as recorder, output.open("wb") as stdout:
        line = [str(CONSOLE), *command_line(recorder.config(), tmp_path, ["groups"])]
        subprocess.run(line, stdout=stdout, check=True)
    assert faults == []
    assert len(seen) > PAGES / 2
    assert content(tmp_path / "state.json") == messages_in(output.read_bytes()).state


def test_an_action_is_sent_only_after_the_file_announces_it(tmp_path: Path) -> None:
    announced: list[bool] = []

    def respond(_: RecordedRequest) -> Reply:
        (state,) = content(tmp_path / "state.json")
        announced.append(len(state["stream"]["stream_state"]["actions"]) > len(announced))
        return Reply(201, {"group": {"id": len(announced)}})

    actions = [{"stream": "create_group", "body": {"group": {"name": f"{n}"}}} for n in range(5)]
    with RecordingServer(respond) as recorder:
        line = command_line(recorder.config(*actions), tmp_path, ["create_group"])
        assert console(*line).exit_code == 0
        assert announced == [True] * 5
        assert console(*line).exit_code == 0
    assert len(announced) == 5


def test_a_file_that_becomes_unwritable_ends_the_read_with_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "states"
    folder.mkdir()
    requests = itertools.count()

    def respond(arrived: RecordedRequest) -> Reply:
        if next(requests) == 3:
            folder.rename(tmp_path / "moved")
        return groups(arrived)

    with RecordingServer(respond) as recorder:
        *line, _ = command_line(recorder.config(), tmp_path, ["groups"])
        result = console(*line, str(folder / "state.json"))
    assert result.exit_code == 1
    (error,) = [text for text in result.errors if "--state-file" in text]
    assert "states/state.json: the file cannot be written (No such file or directory)" in error


STREAM_STATE: Row = {"stream_descriptor": {"name": "groups"}, "stream_state": {}}
STATE: Row = {"type": "STREAM", "stream": STREAM_STATE}


def pipe(path: Path) -> None:
    os.mkfifo(path)
    threading.Thread(target=path.write_text, args=("[]",), daemon=True).start()


BROKEN: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("no json"),
    "empty": lambda path: path.write_text(""),
    "half": lambda path: path.write_text(json.dumps([STATE])[:-9]),
    "other JSON": lambda path: path.write_text('"state"'),
    "other objects": lambda path: path.write_text('[{"a": 1}]'),
    "folder": Path.mkdir,
    "pipe": pipe,
    "loop": lambda path: path.symlink_to(path),
}
"""Creates a state file that cannot be used."""


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("text", "expected JSON"),
        ("empty", "expected JSON"),
        ("half", "expected JSON"),
        ("other JSON", "expected a list of states"),
        ("other objects", "expected a state of the Airbyte protocol"),
        ("folder", "cannot be read (Is a directory)"),
        ("pipe", "not a regular file"),
        ("loop", "loop"),
        ("missing/state.json", "there is no directory"),
        ("a\x00b", "null"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_before_any_request(
    name: str, cause: str, command: Command, tmp_path: Path
) -> None:
    with RecordingServer(groups) as recorder:
        config, path = recorder.config(), tmp_path / name
        BROKEN.get(name, str)(path)
        files = {"config": config, "catalog": configured_catalog(discover(config), ["groups"])}
        result = command("read", "--state-file", str(path), **files)
        assert recorder.requests == []
    (error,) = result.errors
    assert (result.exit_code, error.startswith("--state-file ")) == (1, True)
    assert cause in error


def test_a_directory_without_write_permission_is_an_error(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The test's user may be root, who may write everywhere."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic_file, "mkstemp", refuse)
    result = command(*command_line(CONFIG, tmp_path, ["groups"]))
    (error,) = result.errors
    assert "the file cannot be written (Permission denied). Name a file in a directory that you may write to." in error


def test_state_and_state_file_exclude_each_other(command: Command, tmp_path: Path) -> None:
    result = command(*command_line(CONFIG, tmp_path, ["groups"]), state=[STATE])
    assert result.exit_code == 1
    assert result.errors == [
        "--state-file and --state: set one of them; --state-file reads the state from its file, too."
    ]


def test_a_malformed_state_is_reported_and_kept(command: Command, quiet_zendesk: Emulator, tmp_path: Path) -> None:
    path, malformed = tmp_path / "state.json", {**STATE, "stream": {**STREAM_STATE, "stream_state": 7}}
    path.write_text(json.dumps([malformed]))
    result = command(*command_line(quiet_zendesk.config(), tmp_path, ["groups", "tags"]))
    assert "its state is 7" in result.stream_errors["groups"]
    assert content(path)[0] == malformed
    assert len(content(path)) == 2
