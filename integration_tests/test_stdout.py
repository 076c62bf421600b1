"""Stdout contains only protocol messages in any environment."""

import subprocess
import sys
from typing import Any
from unittest.mock import Mock

import pytest
from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from integration_tests.emulator import Emulator
from integration_tests.harness import Row, configured_catalog, console, discover, parse_output, sync

STREAMS = ["tickets", "ticket_metrics", "groups", "show_group", "sla_policies"]
LOUD = {"PYTHONWARNINGS": "once", "PYTHONDEVMODE": "1"}
PROTOCOL = {"SPEC", "CONNECTION_STATUS", "CATALOG", "RECORD", "STATE", "LOG", "TRACE", "CONTROL", "DEBUG"}
"""Message types; the CDK's DEBUG lines are log lines for Airbyte."""


def files(command: str, zendesk: Emulator) -> dict[str, Any]:
    config: Row = zendesk.config()
    if command == "spec":
        return {}
    return {"config": config} | (
        {"catalog": configured_catalog(discover(config), STREAMS)} if command == "read" else {}
    )


@pytest.mark.parametrize("flags", [(), ("--debug",)], ids=["plain", "debug"])
@pytest.mark.parametrize(
    ("command", "message_type"),
    [("spec", "SPEC"), ("check", "CONNECTION_STATUS"), ("discover", "CATALOG"), ("read", "RECORD")],
)
def test_stdout_is_protocol_only(
    command: str, message_type: str, flags: tuple[str, ...], quiet_zendesk: Emulator
) -> None:
    result = console(command, *flags, env=LOUD if flags else {}, **files(command, quiet_zendesk))
    kinds = [message["type"] for message in result.messages]
    assert result.noise == []
    assert set(kinds) <= PROTOCOL
    assert result.exit_code == 0
    assert kinds.count(message_type) == 1 or command == "read"
    assert kinds.count(message_type) > 0


def test_each_row_counts_for_the_memory_check(quiet_zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Mock()
    monkeypatch.setattr(MemoryMonitor, "check_memory_usage", look)
    result = sync(quiet_zendesk.config(), ["groups", "ticket_metrics"])
    assert look.call_count == sum(map(len, result.records.values())) > 0


def test_the_thresholds_of_the_memory_check_are_logged_once(quiet_zendesk: Emulator) -> None:
    result = console("read", **files("read", quiet_zendesk))
    assert [text[:13] for text in result.logs if "MemoryMonitor" in text] == ["MemoryMonitor"]


def test_the_module_is_the_console_script() -> None:
    line = [sys.executable, "-m", "source_zendesk", "spec"]
    ended = subprocess.run(line, capture_output=True, text=True, check=True, cwd="/")
    assert list(parse_output(ended.stdout.splitlines()).bodies("spec")) == list(console("spec").bodies("spec"))


def test_log_lines_of_a_failed_stream_are_messages(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=200, body={"a": "line\nbreak"}, times=9)
    result = console("read", "--debug", env=LOUD, **files("read", zendesk))
    assert (result.noise, result.exit_code) == ([], 1)
    assert "groups" in result.stream_errors
