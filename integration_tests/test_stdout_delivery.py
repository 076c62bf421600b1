"""All output is delivered with any type of stdout, and with interrupted writes."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import Result, arguments, configured_catalog, console_process, discover, parse_output
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

PAGES, ROWS = 30, 100
SMALLEST_PIPE = 4096
TEXT = "žluť \N{SNOWMAN} \N{GRINNING FACE}"
UNBUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])


def groups(arrived: RecordedRequest) -> Reply:
    """A cursor list of many pages, resumable at each page."""
    page = int(arrived.query.get("page[after]", 0))
    rows = [{"id": page * ROWS + n, "name": TEXT, "updated_at": "2026-01-01T00:00:00Z"} for n in range(ROWS)]
    return Reply(body={"groups": rows, "meta": {"has_more": page + 1 < PAGES, "after_cursor": str(page + 1)}})


@contextmanager
def started(
    command: list[str], unbuffered: str, *, is_blocking: bool = True, **env: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The console script with the smallest pipe as stdout, and the pipe's read end."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    os.set_blocking(writer, is_blocking)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered, **env}
    with console_process(*command, stdout=writer, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(writer)
        try:
            yield process, reader
        finally:
            os.close(reader)


def rest(reader: int, size: int = 512) -> bytes:
    """The remaining output, read in small parts."""
    parts = []
    while part := os.read(reader, size):
        parts.append(part)
    return b"".join(parts)


def read_command(recorder: RecordingServer, folder: Path, state: Any = None) -> list[str]:
    config = recorder.config()
    files = {"config": config, "catalog": configured_catalog(discover(config), ["groups"]), "state": state}
    return ["read", *arguments(folder, files)]


def sync(command: list[str], unbuffered: str, **options: Any) -> Result:
    with started(command, unbuffered, **options) as (process, reader):
        output = rest(reader)
        return parse_output(output.decode().splitlines(), process.wait(120))


def ids(*results: Result) -> list[int]:
    return [row["id"] for result in results for row in result.records["groups"]]


@UNBUFFERED
@pytest.mark.parametrize("is_blocking", [True, False], ids=["blocking", "non-blocking"])
def test_a_small_pipe_receives_every_record(unbuffered: str, is_blocking: bool, tmp_path: Path) -> None:  # noqa: FBT001
    with RecordingServer(groups) as recorder:
        result = sync(read_command(recorder, tmp_path), unbuffered, is_blocking=is_blocking)
    assert (result.exit_code, result.noise) == (0, [])
    assert ids(result) == list(range(PAGES * ROWS))
    assert result.statuses["groups"][-1] == "COMPLETE"


@UNBUFFERED
def test_a_stopped_and_continued_process_loses_nothing(unbuffered: str, tmp_path: Path) -> None:
    with (
        RecordingServer(groups) as recorder,
        started(read_command(recorder, tmp_path), unbuffered) as (process, reader),
    ):
        parts = [os.read(reader, SMALLEST_PIPE)]
        while parts[-1]:
            process.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGCONT)
            parts.append(os.read(reader, SMALLEST_PIPE))
        result = parse_output(b"".join(parts).decode().splitlines(), process.wait(120))
    assert (result.exit_code, result.noise) == (0, [])
    assert ids(result) == list(range(PAGES * ROWS))


@UNBUFFERED
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("bytes_before", [50_000, 131_072, 300_001])
def test_a_run_ended_by_a_signal_resumes_without_loss(
    unbuffered: str, signal_number: signal.Signals, bytes_before: int, tmp_path: Path
) -> None:
    with RecordingServer(groups) as recorder:
        with started(read_command(recorder, tmp_path), unbuffered) as (process, reader):
            output = b""
            while len(output) < bytes_before:
                output += os.read(reader, 512)
            process.send_signal(signal_number)
            output += rest(reader)
            assert process.wait(120) == -signal_number
        first = parse_output(output.decode().splitlines())
        assert (first.noise, output[-1:]) == ([], b"\n")
        second = sync(read_command(recorder, tmp_path, first.state or None), unbuffered)
    assert second.exit_code == 0
    assert set(ids(first, second)) == set(range(PAGES * ROWS))
    assert len(ids(first, second)) <= PAGES * ROWS + 2 * ROWS


@UNBUFFERED
@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_the_encoding_of_the_environment_does_not_matter(unbuffered: str, encoding: str, tmp_path: Path) -> None:
    with RecordingServer(groups) as recorder:
        result = sync(read_command(recorder, tmp_path), unbuffered, PYTHONIOENCODING=encoding, LC_ALL="C")
    assert result.exit_code == 0
    assert {row["name"] for row in result.records["groups"]} == {TEXT}


@UNBUFFERED
@pytest.mark.parametrize("is_blocking", [True, False], ids=["blocking", "non-blocking"])
@pytest.mark.parametrize("lines_before", [8, 30])
def test_no_action_is_sent_twice_after_a_signal(
    unbuffered: str,
    is_blocking: bool,  # noqa: FBT001
    lines_before: int,
    tmp_path: Path,
) -> None:
    actions = [{"stream": "create_group", "body": {"group": {"name": f"{n}" * 200}}} for n in range(40)]
    with RecordingServer(lambda _: Reply(201, {"group": {"id": 1, "name": TEXT}})) as recorder:
        config = recorder.config(*actions)
        files: dict[str, Any] = {"config": config, "catalog": configured_catalog(discover(config), ["create_group"])}
        command = ["read", *arguments(tmp_path, files)]
        with started(command, unbuffered, is_blocking=is_blocking) as (process, reader):
            output = b""
            while output.count(b"\n") < lines_before:
                output += os.read(reader, 64)
            process.send_signal(signal.SIGTERM)
            output += rest(reader, 64)
        first = parse_output(output.decode().splitlines())
        files["state"] = first.state or None
        second = sync(["read", *arguments(tmp_path, files)], unbuffered, is_blocking=is_blocking)
        bodies = [json.dumps(arrived.body) for arrived in recorder.writes]
    assert len(bodies) == len(set(bodies))
    unknown = [error for error in second.errors if "it is unknown whether" in error]
    assert len(actions) - len(unknown) <= len(bodies) <= len(actions)
