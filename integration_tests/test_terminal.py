"""A terminal shows progress and errors, and stdout contains only protocol messages."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import CONSOLE, Row, arguments, configured_catalog, console, discover, parse_output
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

NEW = {"updated_at": "2026-01-01T00:00:00Z"}
HELD = Reply(429, {}, {"Retry-After": "600"})
WRONG: Row = {
    "subdomain": "acme",
    "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"},
    "num_workers": 0,
}


def one_page_then_held(arrived: RecordedRequest) -> Reply:
    """A page of a hundred groups, followed by a 429 with a wait of ten minutes."""
    if "page[after]" in arrived.query:
        return HELD
    rows = [{"id": number, **NEW} for number in range(100)]
    return Reply(body={"groups": rows, "meta": {"has_more": True, "after_cursor": "1"}})


@contextmanager
def held(folder: Path, *line: str, after: Sequence[str] = (), **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A read of groups that waits for the rate limit after its first page."""
    with RecordingServer(one_page_then_held) as recorder:
        config = recorder.config()
        files = {"config": config, "catalog": configured_catalog(discover(config), ["groups"])}
        command = [*(line or [str(CONSOLE)]), "read", *arguments(folder, files), *after]
        env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
        with subprocess.Popen(command, env=env, **streams) as process:
            try:
                yield process
            finally:
                process.kill()


def until(pattern: bytes, source: int) -> bytes:
    """The output until it matches a pattern."""
    seen = b""
    while not re.search(pattern, seen, re.DOTALL) and (more := os.read(source, 65536)):
        seen += more
    assert re.search(pattern, seen, re.DOTALL)
    return seen


def rest(source: int) -> bytes:
    """The output until the end, which a terminal signals by an error."""
    seen = b""
    try:
        while more := os.read(source, 65536):
            seen += more
    except OSError:
        pass
    return seen


def test_a_terminal_shows_progress_and_a_summary(tmp_path: Path) -> None:
    terminal, there = os.openpty()
    with (tmp_path / "messages.jsonl").open("wb") as stdout, held(tmp_path, stdout=stdout, stderr=there) as process:
        os.close(there)
        shown = until(b"reading groups 100.*waiting for Zendesk's rate limit until", terminal).decode()
        process.send_signal(signal.SIGINT)
        left = rest(terminal).decode()
        assert process.wait(120) == -signal.SIGINT
    assert "100 rows" in shown
    assert "2 requests" in shown
    assert "reading groups 100, 0 of 1 done" in shown
    assert "Read 100 rows of 1 stream in" in left
    assert "with 2 requests; waited" in left
    assert "groups: not finished" in left
    assert left.splitlines()[-1].startswith(
        "Interrupted. To continue, run `source-zendesk state messages.jsonl > newer"
    )
    result = parse_output((tmp_path / "messages.jsonl").read_text().splitlines())
    assert (result.noise, len(result.records["groups"])) == ([], 100)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--state-file", "Interrupted. To continue from {}, run the same command again."),
        ("--state", "Interrupted. To continue, run `source-zendesk state --state {} messages.jsonl > newer.json` with"),
    ],
)
def test_an_interrupted_read_prints_how_to_continue(option: str, expected: str, tmp_path: Path) -> None:
    terminal, there = os.openpty()
    state = tmp_path / "state.json"
    state.write_text("[]")
    with (
        (tmp_path / "messages.jsonl").open("wb") as stdout,
        held(tmp_path, after=(option, str(state)), stdout=stdout, stderr=there) as process,
    ):
        os.close(there)
        until(b"waiting for Zendesk's rate limit until", terminal)
        process.send_signal(signal.SIGINT)
        left = rest(terminal).decode()
        assert process.wait(120) == -signal.SIGINT
    assert expected.format(state) in left.splitlines()[-1]


def test_a_terminal_shows_the_error_message_without_the_request(tmp_path: Path) -> None:
    terminal, there = os.openpty()
    with (tmp_path / "messages.jsonl").open("wb") as stdout, RecordingServer(lambda _: Reply(401, {})) as recorder:
        files = {"config": recorder.config(), "catalog": configured_catalog(discover(recorder.config()), ["groups"])}
        env = {**os.environ, "TERM": "xterm", "COLUMNS": "300"}
        command = [str(CONSOLE), "read", *arguments(tmp_path, files)]
        with subprocess.Popen(command, env=env, stdout=stdout, stderr=there) as process:
            os.close(there)
            shown = rest(terminal).decode()
            assert process.wait(120) == 1
    assert "ERROR: Stream groups: Zendesk refuses the credentials" in shown
    assert "request to" not in shown


QUICK = "import source_zendesk.cli.run as script; script.run(seconds_between_lines=0.01)"


def test_the_log_contains_progress_without_a_terminal(tmp_path: Path) -> None:
    script = (sys.executable, "-c", QUICK)
    with held(tmp_path, *script, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        # The wait can start before the rows are written.
        seen = until(rb'"100 rows, [^\n]*waiting for Zendesk\'s rate limit until[^\n]*\n', process.stdout.fileno())
        line = next(line for line in seen.splitlines() if b'"100 rows, ' in line and b"waiting" in line)
        process.kill()
        assert process.stderr
        assert process.stderr.read() == b""
    log = orjson.loads(line)["log"]
    assert log["level"] == "INFO"
    assert log["message"].startswith("100 rows, ")
    assert "2 requests" in log["message"]
    assert "reading groups 100, 0 of 1 done; waiting for Zendesk's rate limit until" in log["message"]


def test_the_log_ends_with_a_summary_and_skipped_streams(zendesk: Emulator) -> None:
    zendesk.faults.add("slas/policies", status=403, body={"error": "Forbidden"})
    catalog = configured_catalog(discover(zendesk.config()), ["groups", "sla_policies"])
    result = console("read", config=zendesk.config(), catalog=catalog)
    (summary,) = (text for text in result.logs if text.startswith("Read ") and "requests" in text)
    assert summary.startswith(f"Read {len(result.records['groups'])} rows of 2 streams in ")
    assert "with 2 requests; no waits for the rate limit." in summary
    assert "\nsla_policies: skipped, the role or the plan does not allow it (403: Forbidden" in summary


def check(folder: Path, stdout: Any, stderr: Any) -> None:
    line = [str(CONSOLE), "check", *arguments(folder, {"config": WRONG})]
    subprocess.run(line, stdout=stdout, stderr=stderr, check=True)


def test_an_error_is_printed_to_a_terminal_on_stderr(tmp_path: Path) -> None:
    terminal, there = os.openpty()
    check(tmp_path, subprocess.PIPE, there)
    os.close(there)
    assert rest(terminal).decode() == "`num_workers`: expected a whole number from 2 to 40; got 0.\r\n"


@pytest.mark.parametrize("is_same", [False, True], ids=["a file of its own", "the file of stdout"])
def test_a_stderr_file_receives_the_error_unless_it_is_stdout(is_same: bool, tmp_path: Path) -> None:  # noqa: FBT001
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        check(tmp_path, stdout, stdout if is_same else stderr)
    assert parse_output(out.read_text().splitlines()).noise == []
    assert err.read_text() == ("" if is_same else "`num_workers`: expected a whole number from 2 to 40; got 0.\n")


def check_at_a_terminal(folder: Path, config: Row, *options: str) -> tuple[int, list[str]]:
    """The exit code and the lines that a person sees if stdout and stderr are a terminal."""
    terminal, there = os.openpty()
    line = [str(CONSOLE), "check", *options, *arguments(folder, {"config": config})]
    with subprocess.Popen(line, stdout=there, stderr=there) as process:
        os.close(there)
        shown = rest(terminal).decode()
        return process.wait(120), shown.splitlines()


def test_a_check_at_a_terminal_prints_one_sentence(zendesk: Emulator, tmp_path: Path) -> None:
    success = "Success: Zendesk accepts the credentials, and the account can be read."
    assert check_at_a_terminal(tmp_path, zendesk.config()) == (0, [success])
    zendesk.options.role = "agent"
    code, (warning, sentence) = check_at_a_terminal(tmp_path, zendesk.config())
    assert (code, sentence) == (0, success)
    assert warning.startswith("WARNING: The user of `credentials` is an agent.")


def test_a_failed_check_at_a_terminal_prints_one_sentence(zendesk: Emulator, tmp_path: Path) -> None:
    message = "source-zendesk check: `num_workers`: expected a whole number from 2 to 40; got 0."
    assert check_at_a_terminal(tmp_path, WRONG) == (1, [message])
    zendesk.options.role = "end-user"
    code, (line,) = check_at_a_terminal(tmp_path, zendesk.config())
    assert (code, line.startswith("source-zendesk check: The user of `credentials` is an end user;")) == (1, True)


def test_a_check_at_a_terminal_stores_a_new_refresh_token(zendesk: Emulator, tmp_path: Path) -> None:
    client = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
    login = {"credentials": "oauth2_refresh", **client, "refresh_token": zendesk.oauth.issue().refresh}
    code, lines = check_at_a_terminal(tmp_path, zendesk.config(credentials=login))
    stored = orjson.loads((tmp_path / "config.json").read_bytes())["credentials"]
    assert (code, len(lines)) == (0, 2)
    assert "Zendesk replaced the refresh token; the file now contains the new one" in lines[0]
    assert stored["refresh_token"] == zendesk.oauth.tokens[-1].refresh != login["refresh_token"]


@pytest.mark.parametrize("password", ["emulated-password", "not-the-password"])
def test_a_check_at_a_terminal_stores_the_new_refresh_token_of_a_product(
    password: str, zendesk: Emulator, tmp_path: Path
) -> None:
    login = {"credentials": "basic", "email": "owner@example.com", "password": password}
    client = {"credentials": "oauth2_refresh", "client_id": "an-id", "client_secret": "a-client-secret"}
    tokens = Reply(body={"access_token": "a-token", "refresh_token": "second-of-sell", "expires_in": 3600})
    with RecordingServer(lambda arrived: tokens if arrived.method == "POST" else Reply(body={"items": []})) as sell:
        block = {**client, "refresh_token": "first-of-sell", "base_url": sell.base_url}
        code, lines = check_at_a_terminal(tmp_path, zendesk.config(credentials=login, sell=block))
    stored = orjson.loads((tmp_path / "config.json").read_bytes())
    assert "Zendesk replaced the refresh token; the file now contains the new one" in lines[0]
    assert (stored["sell"]["refresh_token"], stored["sell"]["access_token"]) == ("second-of-sell", "a-token")
    assert stored["credentials"] == login
    assert code == int(password == "not-the-password")


def test_a_check_at_a_terminal_stores_the_new_refresh_tokens_of_all_accounts(zendesk: Emulator, tmp_path: Path) -> None:
    client = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
    login = {"credentials": "oauth2_refresh", **client, "refresh_token": zendesk.oauth.issue().refresh}
    tokens = Reply(body={"access_token": "a-token", "refresh_token": "second-of-sell", "expires_in": 3600})
    with RecordingServer(lambda arrived: tokens if arrived.method == "POST" else Reply(body={"items": []})) as sell:
        block = {**login, "refresh_token": "first-of-sell", "base_url": sell.base_url}
        code, _ = check_at_a_terminal(tmp_path, zendesk.config(credentials=login, sell=block))
    stored = orjson.loads((tmp_path / "config.json").read_bytes())
    assert stored["credentials"]["refresh_token"] == zendesk.oauth.tokens[-1].refresh
    assert stored["sell"]["refresh_token"] == "second-of-sell"
    assert code == 0


def test_a_check_at_a_terminal_prints_protocol_messages_with_debug(zendesk: Emulator, tmp_path: Path) -> None:
    code, lines = check_at_a_terminal(tmp_path, zendesk.config(), "--debug")
    assert (code, parse_output(lines).connection_status) == (0, {"status": "SUCCEEDED"})
