"""The shell commands of the README and of docs/ work as printed, one after the other, in an empty directory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import CONSOLE, Result, Row, parse_output

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = "docs/operations.md"
# Programs that a page names and that are not part of the connector: an installation, a password store, loaders.
STUBS = {
    "git": "", "pip": "", "load-somewhere": 'cat "$@" > /dev/null', "pass": "cat config.json",
    "aws": 'mkdir -p bucket; cp -r "$4/." bucket',
}  # fmt: skip
TICKETS, ROWS = 40, 25
SAVED = ("tickets", "users", "groups")
START = "2021-01-01T00:00:00Z"


@dataclass
class Shell:
    """A directory with the configurations that the pages assume."""

    folder: Path

    def run(self, command: str) -> str:
        """The output of a command that succeeds."""
        path = os.pathsep.join([str(self.folder / "stubs"), str(CONSOLE.parent), os.environ["PATH"]])
        script = ["bash", "-e", "-o", "pipefail", "-c", command]
        ended = subprocess.run(
            script, cwd=self.folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def write_catalog(self, streams: Sequence[str]) -> None:
        self.run(f"source-zendesk catalog --config config.json {' '.join(streams)} > catalog.json")

    def result(self, name: str) -> Result:
        """The messages in a file."""
        return parse_output((self.folder / name).read_text().splitlines())

    def saved_streams(self) -> set[str]:
        """The streams with a state in `state.json`."""
        states = json.loads((self.folder / "state.json").read_text())
        return {state["stream"]["stream_descriptor"]["name"] for state in states}


def blocks(page: str, heading: str, language: str = "sh") -> list[str]:
    """The blocks in a language below a heading, without the sections below it."""
    section = (ROOT / page).read_text().partition(f"# {heading}\n")[2]
    fences: list[tuple[str, str]] = re.findall(
        rf"^( *)```{language}\n(.*?)^ *```$",
        re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0],
        re.MULTILINE | re.DOTALL,
    )
    assert fences, heading
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in fences]


zendesk = account_fixture(tickets=TICKETS, rows=ROWS)


@pytest.fixture
def shell(zendesk: Emulator, tmp_path: Path) -> Shell:
    config = zendesk.config(credentials=zendesk.client_credentials) | {"start_date": START}
    for name in ("config", "acme", "globex"):
        (tmp_path / f"{name}.json").write_text(json.dumps(config, indent=2))
    (tmp_path / "stubs").mkdir()
    for name, script in STUBS.items():
        (tmp_path / "stubs" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "stubs" / name).chmod(0o700)
    return Shell(tmp_path)


def test_the_commands_of_the_readme_sync_and_then_resume(shell: Shell) -> None:
    *_, commands = blocks("README.md", "Read a real account")
    shell.run(commands)
    assert (len(shell.result("messages.jsonl").records["tickets"]), shell.saved_streams()) == (
        TICKETS,
        {"tickets", "users"},
    )
    shell.run(commands)
    assert len(shell.result("messages.jsonl").records["tickets"]) == 0


def test_each_scheduled_run_writes_a_file_of_its_own(shell: Shell) -> None:
    shell.write_catalog(SAVED)
    (commands,) = blocks(OPERATIONS, "Schedules")
    shell.run(commands)
    (first,) = (shell.folder / "messages").iterdir()
    assert len(parse_output(first.read_text().splitlines()).records["tickets"]) == TICKETS
    assert shell.saved_streams() == set(SAVED)
    assert (shell.folder / "errors.txt").read_text() == ""


def test_a_backfill_reads_from_its_date_and_keeps_the_regular_state(shell: Shell) -> None:
    shell.write_catalog(SAVED)
    shell.run(
        "source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl"
    )
    before = (shell.folder / "state.json").read_bytes()
    (commands,) = blocks(OPERATIONS, "Backfill from a date")
    shell.run(commands)
    assert json.loads((shell.folder / "backfill.json").read_text())["start_date"] != START
    assert len(shell.result("backfill.jsonl").records["tickets"]) == TICKETS
    assert (shell.folder / "state.json").read_bytes() == before


def test_a_reset_reads_one_stream_in_full_and_keeps_the_states_of_the_others(shell: Shell) -> None:
    shell.write_catalog(SAVED)
    shell.run(
        "source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl"
    )
    (commands,) = blocks(OPERATIONS, "Reset of one stream")
    shell.run(commands)
    assert len(shell.result("users.jsonl").records["users"]) == len(shell.result("messages.jsonl").records["users"])
    assert shell.saved_streams() == set(SAVED)


def test_an_upgrade_keeps_a_copy_of_the_state(shell: Shell) -> None:
    (shell.folder / "state.json").write_text("[]")
    (commands,) = blocks(OPERATIONS, "Upgrade")
    assert '"status":"SUCCEEDED"' in shell.run(commands)
    assert (shell.folder / "state.before.json").read_text() == "[]"


def test_several_accounts_are_read_at_the_same_time(shell: Shell) -> None:
    shell.write_catalog(SAVED)
    (commands,) = blocks(OPERATIONS, "Several accounts")
    shell.run(commands)
    assert [len(shell.result(name).records["tickets"]) for name in ("acme.jsonl", "globex.jsonl")] == [TICKETS] * 2


def test_warnings_and_disagreeing_counts_are_found_in_the_messages(shell: Shell, zendesk: Emulator) -> None:
    shell.write_catalog(["groups", "sla_policies", "reconciliation"])
    zendesk.faults.add("slas/policies", status=403, times=100)
    zendesk.faults.add("groups", kind="withhold", rows=3, times=100)
    (schedule,) = blocks(OPERATIONS, "Schedules")
    shell.run(schedule)
    (commands,) = blocks(OPERATIONS, "What to alert on")
    found = shell.run(commands)
    assert "Stream sla_policies is skipped" in found
    assert '"stream":"groups"' in found


@pytest.mark.parametrize("heading", ["Which streams", "Other tools", "States from messages"])
def test_commands_of_the_usage_page_work(heading: str, shell: Shell) -> None:
    shell.write_catalog(SAVED)
    for commands in blocks("docs/usage.md", heading):
        shell.run(commands.replace("--all > catalog.json", f"{' '.join(SAVED)} > catalog.json"))


def test_the_commands_for_custom_fields_print_views(shell: Shell) -> None:
    config = json.loads((shell.folder / "config.json").read_text())
    (shell.folder / "config.json").write_text(json.dumps(config | {"custom_fields": "columns"}))
    (commands,) = blocks("docs/custom-fields.md", "Views with titles")
    shell.run(commands)
    assert "CREATE OR REPLACE VIEW" in (shell.folder / "views.sql").read_text()


def test_a_product_is_added_to_a_connection_with_its_state(shell: Shell) -> None:
    read = "source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl"
    shell.write_catalog(["tickets", "users"])
    shell.run(read)
    (commands,) = blocks("docs/products.md", "Add a product to a connection")
    assert "\nchats," in shell.run(commands)
    shell.run(read)
    added = shell.result("messages.jsonl").records
    assert (len(added["tickets"]), len(added["chats"])) == (0, ROWS)
    assert shell.saved_streams() == {"tickets", "users", "chats", "agent_timeline"}


def test_the_commands_for_files_store_them(shell: Shell) -> None:
    (commands,) = blocks("docs/files.md", "In the shell")
    shell.run(commands)
    result = shell.result("messages.jsonl")
    paths = [record["file_reference"]["source_file_relative_path"] for record in records_with_files(result)]
    assert paths
    assert [path for path in paths if not (shell.folder / "files" / path).is_file()] == []
    assert len(result.records["tickets"]) == TICKETS


def records_with_files(result: Result) -> list[Row]:
    return [record for record in result.bodies("record") if record.get("file_reference")]


def test_a_nightly_script_uploads_the_new_attachments_once(shell: Shell) -> None:
    catalog, script = blocks("docs/files.md", "Attachments of tickets each night")
    shell.run(catalog)
    shell.run(script)
    uploaded = sorted(path for path in (shell.folder / "bucket").rglob("*") if path.is_file())
    (messages,) = (shell.folder / "messages").iterdir()
    referenced = records_with_files(parse_output(messages.read_text().splitlines()))
    assert uploaded == sorted(
        shell.folder / "bucket" / record["file_reference"]["source_file_relative_path"] for record in referenced
    )
    assert uploaded
    messages.unlink()
    for path in uploaded:
        path.unlink()
    shell.run(script)
    assert [path for path in (shell.folder / "bucket").rglob("*") if path.is_file()] == []


def test_the_commands_for_actions_send_each_item_once(shell: Shell) -> None:
    item = {"stream": "update_many_tickets", "parameters": {"ids": [2, 3]}, "body": {"ticket": {"priority": "low"}}}
    config = json.loads((shell.folder / "config.json").read_text()) | {"allow_writes": True, "actions": [item]}
    config["credentials"] = {**config["credentials"], "scope": "read write"}
    (shell.folder / "config.json").write_text(json.dumps(config))
    (commands,) = blocks("docs/actions.md", "Run actions in the shell")
    for records in (2, 0):
        shell.run(commands)
        assert len(shell.result("results.jsonl").records["update_many_tickets"]) == records


def test_the_program_for_states_of_airbyte_writes_a_state_file(shell: Shell) -> None:
    (program,) = blocks("docs/moving-from-airbyte.md", "States", "python")
    shown = [{"streamDescriptor": {"name": "chats"}, "streamState": {"update_timestamp": "2025-01-01T00:00:00Z"}}]
    (shell.folder / "airbyte-state.json").write_text(json.dumps(shown))
    subprocess.run([sys.executable, "-c", program], cwd=shell.folder, check=True)
    shell.write_catalog(["chats"])
    shell.run(
        "source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl"
    )
    assert 0 < len(shell.result("messages.jsonl").records["chats"]) < ROWS
