"""The process ends on a signal, and when stdout is closed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration_tests.harness import (
    CONSOLE,
    arguments,
    configured_catalog,
    console,
    console_process,
    discover,
    parse_output,
)
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, Responder

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
        line = ["read", *arguments(folder, files)]
        with console_process(*line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                pages.released.set()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    code = process.wait(120)
    return code, process.stderr.read() if process.stderr else b""


@pytest.mark.parametrize("pages", [None, 0], ids=["while it writes", "while it waits for an answer"])
def test_a_closed_stdout_ends_a_read_with_an_error_code(pages: int | None, tmp_path: Path) -> None:
    server = Endless(pages)
    with reading(server, tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        assert pages is None or server.reached.wait(120)
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
        assert pages is None or server.reached.wait(120)
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


@pytest.fixture(autouse=True)
def hangup_signal() -> Iterator[None]:
    """Commands inherit the default for SIGHUP, also if the tests run under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


LOGIN = {"credentials": "oauth2_refresh", "client_id": "client", "client_secret": "s3cr3t", "refresh_token": "spent"}
TOKENS = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 86400}


@contextmanager
def signing_in(command: str, answers: Responder, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that exchanges a refresh token, and then asks for the custom fields or for groups."""
    with RecordingServer(answers) as recorder:
        config = {**recorder.config(), "credentials": LOGIN, "custom_fields": "columns"}
        files = {"config": config}
        if command == "read":
            files["catalog"] = configured_catalog(discover({**config, "custom_fields": "as_sent"}), ["groups"])
        line = [*command.split(), *arguments(folder, files)]
        with console_process(*line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            yield process


def ended_by_signal(command: str, received: signal.Signals, path: str, folder: Path) -> tuple[int, bytes]:
    """Exit code and output of a command that gets a signal while it requests this path."""
    started: list[subprocess.Popen[bytes]] = []
    is_started = threading.Event()

    def answer(arrived: RecordedRequest) -> Reply:
        assert is_started.wait(120)
        if arrived.path == path:
            started[0].send_signal(received)
        return Reply(body=TOKENS)

    with signing_in(command, answer, folder) as process:
        started.append(process)
        is_started.set()
        output, _ = process.communicate(timeout=120)
        return process.returncode, output


@pytest.mark.parametrize("received", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", ["read", "check", "discover"])
def test_a_signal_lets_the_exchange_of_a_refresh_token_end(
    command: str, received: signal.Signals, tmp_path: Path
) -> None:
    code, output = ended_by_signal(command, received, "/oauth/tokens", tmp_path)
    (emitted,) = parse_output(output.decode().splitlines()).bodies("control")
    assert emitted["connectorConfig"]["config"]["credentials"]["refresh_token"] == "new-refresh"
    assert code == -received


@pytest.mark.parametrize("path", ["/oauth/tokens", "/api/v2/custom_objects"], ids=["in the exchange", "after it"])
@pytest.mark.parametrize("received", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_the_renewed_token_in_the_file_of_catalog(
    received: signal.Signals, path: str, tmp_path: Path
) -> None:
    assert ended_by_signal("catalog --all", received, path, tmp_path) == (-received, b"")
    stored = json.loads((tmp_path / "config.json").read_text())
    assert stored["credentials"]["refresh_token"] == "new-refresh"


def test_catalog_asks_for_no_token_that_it_cannot_store(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with RecordingServer() as recorder:
        content = json.dumps({**recorder.config(), "credentials": LOGIN, "custom_fields": "columns"})
        threading.Thread(target=pipe.write_text, args=(content,), daemon=True).start()
        result = console("catalog", "--all", "--config", str(pipe))
    assert (result.exit_code, result.noise, recorder.requests) == (1, [], [])
    assert f"--config {pipe}: not a writable regular file" in result.stderr
