"""The process ends on a signal, and when stdout is closed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration_tests.harness import CONSOLE, arguments, configured_catalog, discover, parse_output
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

NEW = {"updated_at": "2026-01-01T00:00:00Z"}


class Endless:
    """Serves endless pages of groups; after `pages`, responses wait until `released` is set."""

    def __init__(self, pages: int | None = None) -> None:
        self.pages, self.served = pages, 0
        self.reached, self.released = threading.Event(), threading.Event()

    def __call__(self, _: RecordedRequest) -> Reply:
        self.served += 1
        rows = [{"id": self.served * 100 + n, **NEW} for n in range(100)]
        reply = {"groups": rows, "meta": {"has_more": True, "after_cursor": str(self.served)}}
        if self.pages is None or self.served <= self.pages:
            return Reply(body=reply)
        self.reached.set()
        return Reply(body=reply, release=self.released)


@contextmanager
def reading(pages: Endless, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with RecordingServer(pages) as recorder:
        config = recorder.config()
        files = {"config": config, "catalog": configured_catalog(discover(config), ["groups"])}
        line = [str(CONSOLE), "read", *arguments(folder, files)]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                process.kill()
                pages.released.set()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    code = process.wait(30)
    return code, process.stderr.read() if process.stderr else b""


@pytest.mark.parametrize("pages", [None, 0], ids=["while it writes", "while it waits for an answer"])
def test_a_closed_stdout_ends_a_read_with_an_error_code(pages: int | None, tmp_path: Path) -> None:
    server = Endless(pages)
    with reading(server, tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        assert pages is None or server.reached.wait(30)
        process.stdout.close()
        assert ended(process) == (1, b"")


@pytest.mark.parametrize("command", ["spec", "discover", "catalog --all", "--help"])
def test_a_closed_stdout_ends_every_command(command: str, tmp_path: Path) -> None:
    config = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}
    reader, writer = os.pipe()
    os.close(reader)
    files = {"config": config} if command in ("discover", "catalog --all") else {}
    line = [str(CONSOLE), *command.split(), *arguments(tmp_path, files)]
    # With unbuffered output, argparse ignores write errors.
    env = {**os.environ, "PYTHONUNBUFFERED": ""}
    with subprocess.Popen(line, stdout=writer, stderr=subprocess.PIPE, env=env) as process:
        os.close(writer)
        assert ended(process) == (1, b"")


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("pages", [None, 3], ids=["while it writes", "while it waits for an answer"])
def test_output_ends_on_a_complete_line_after_a_signal(
    signal_number: signal.Signals, pages: int | None, tmp_path: Path
) -> None:
    server = Endless(pages)
    with reading(server, tmp_path) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(50)]
        assert pages is None or server.reached.wait(30)
        process.send_signal(signal_number)
        output = b"".join(lines) + process.stdout.read()
        assert ended(process) == (-signal_number, b"")
    result = parse_output(output.decode().splitlines())
    assert result.noise == []
    assert output.endswith(b"\n")
    assert result.records["groups"]


def test_a_full_disk_ends_a_read_with_an_error_code(tmp_path: Path) -> None:
    with RecordingServer(Endless()) as recorder, Path("/dev/full").open("wb") as full:
        config = recorder.config()
        files = {"config": config, "catalog": configured_catalog(discover(config), ["groups"])}
        line = [str(CONSOLE), "read", *arguments(tmp_path, files)]
        with subprocess.Popen(line, stdout=full, stderr=subprocess.PIPE) as process:
            try:
                code, output = ended(process)
            finally:
                process.kill()
    assert code == 1
    assert b"Traceback" not in output
