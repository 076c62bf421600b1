"""Runs the unmodified examples with the console script and the emulator."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlt
import pytest

from examples import dlt_zendesk, sync
from integration_tests.emulator import Emulator
from integration_tests.expected_rows import ExpectedRows
from integration_tests.harness import CONSOLE
from source_zendesk.manifest import Manifest

Row = dict[str, Any]
STREAMS = ["tickets", "groups", "ticket_field_options"]
EXPORT = "/api/v2/incremental/tickets/cursor?support_type_scope=all&start_time=0"


class Table:
    """A destination that upserts rows by key, and fails after `batches` batches."""

    def __init__(self, batches: int = 99) -> None:
        self.batches = batches
        self.tables: dict[str, dict[tuple[Any, ...], Row]] = defaultdict(dict)
        self.taken = 0

    def __call__(self, stream: str, key: list[str], rows: list[Row]) -> None:
        if not self.batches:
            raise OSError("the disk is full")
        self.batches -= 1
        self.taken += len(rows)
        self.tables[stream].update({tuple(row[name] for name in key): row for row in rows})


@pytest.fixture
def config(zendesk: Emulator, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(zendesk.config(export_page_size=10)))
    return path


@pytest.fixture
def synced(config: Path, tmp_path: Path) -> Callable[..., int]:
    def once(write: sync.Write, *streams: str) -> int:
        return sync.sync(config, tmp_path / "state.json", streams or STREAMS, write, str(CONSOLE))

    return once


def ids(rows: list[Row]) -> set[tuple[Any, ...]]:
    return {(row["id"],) for row in rows}


def options(zendesk: Emulator) -> set[tuple[Any, ...]]:
    rows = ExpectedRows(zendesk).rows(Manifest.load().endpoints["ticket_field_options"])
    return {(row["ticket_field_id"], row["id"]) for row in rows}


def test_a_failed_destination_receives_the_rows_in_the_next_sync(
    zendesk: Emulator, synced: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "BATCH", 8)
    first = Table(batches=2)
    with pytest.raises(OSError, match="the disk is full"):
        synced(first, "tickets")
    states = json.loads((tmp_path / "state.json").read_text())
    assert [state["stream"]["stream_descriptor"]["name"] for state in states] == ["tickets"]
    second = Table()
    second.tables.update(first.tables)
    assert synced(second, "tickets") < 31
    assert set(second.tables["tickets"]) == ids(zendesk.expected("GET", EXPORT))


def test_the_next_sync_emits_changes_and_streams_without_cursor(zendesk: Emulator, synced: Callable[..., int]) -> None:
    table = Table()
    count = synced(table)
    assert count == table.taken == sum(map(len, table.tables.values()))
    assert set(table.tables["tickets"]) == ids(zendesk.expected("GET", EXPORT))
    assert set(table.tables["ticket_field_options"]) == options(zendesk)
    (changed, *_) = sorted(table.tables["tickets"])
    zendesk.store.update("tickets", changed[0], subject="changed")
    zendesk.clock.advance(minutes=10)
    later = Table()
    synced(later)
    assert {key: row["subject"] for key, row in later.tables["tickets"].items()} == {changed: "changed"}
    assert set(later.tables["ticket_field_options"]) == options(zendesk)


def test_a_refresh_token_is_replaced_in_its_config_file(
    zendesk: Emulator, config: Path, synced: Callable[..., int]
) -> None:
    client = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
    login = {"credentials": "oauth2_refresh", **client, "refresh_token": zendesk.oauth.issue().refresh}
    expired = {"access_token": "stale", "token_expiry_date": "2020-01-01T00:00:00Z"}
    config.write_text(json.dumps(zendesk.config(credentials=login | expired)))
    synced(Table(), "groups")
    assert json.loads(config.read_text())["credentials"]["refresh_token"] == zendesk.oauth.tokens[-1].refresh
    assert login["refresh_token"] != zendesk.oauth.tokens[-1].refresh


def test_the_script_reports_a_failed_stream_and_keeps_the_others(
    zendesk: Emulator, config: Path, tmp_path: Path
) -> None:
    def script(*streams: str) -> subprocess.CompletedProcess[str]:
        line: list[str | Path] = [
            sys.executable,
            sync.__file__,
            config,
            tmp_path / "state.json",
            tmp_path / "rows",
            *streams,
        ]
        path = {"PATH": f"{CONSOLE.parent}:/usr/bin:/bin"}
        return subprocess.run(line, env=path, capture_output=True, text=True, check=False)

    assert "did you mean groups" in script("grups").stderr
    zendesk.faults.add("groups", status=401, times=99)
    done = script("tickets", "groups")
    assert done.returncode == 1
    assert re.search("groups.*`credentials`", done.stderr.splitlines()[-1])
    rows = [json.loads(line) for line in (tmp_path / "rows" / "tickets.jsonl").read_text().splitlines()]
    assert ids(rows) == ids(zendesk.expected("GET", EXPORT))
    zendesk.faults.clear()
    assert script("groups").returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "rows" / "groups.jsonl").read_text().splitlines()]
    assert ids(rows) == ids(zendesk.store.all("groups"))


def test_dlt_merges_by_key_and_loads_rows_of_a_failed_sync(
    zendesk: Emulator, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.chdir(tmp_path)
    pipeline = dlt.pipeline("zendesk", destination="duckdb", dataset_name="support", pipelines_dir=str(tmp_path))

    def load() -> None:
        dlt_zendesk.load(pipeline, str(config), [*STREAMS, "account_settings"], str(CONSOLE))

    def fetch(query: str) -> list[tuple[Any, ...]]:
        with pipeline.sql_client() as client:
            return [tuple(row) for row in client.execute_sql(query) or ()]

    zendesk.faults.add("groups", status=401, times=99)
    with pytest.raises(RuntimeError, match=r"groups.*`credentials`"):
        load()
    tickets = zendesk.expected("GET", EXPORT)
    assert set(fetch("SELECT id FROM tickets")) == ids(tickets)

    zendesk.faults.clear()
    zendesk.store.update("tickets", tickets[0]["id"], subject="changed")
    zendesk.clock.advance(minutes=10)
    load()
    loads = fetch("SELECT count(*) FROM tickets GROUP BY _dlt_load_id ORDER BY 1")
    assert loads == [(1,), (len(tickets) - 1,)]
    assert fetch(f"SELECT subject FROM tickets WHERE id = {tickets[0]['id']}") == [("changed",)]
    assert set(fetch("SELECT id FROM groups")) == ids(zendesk.store.all("groups"))
    assert fetch("SELECT count(*) FROM account_settings") == [(1,)]
    assert set(fetch("SELECT ticket_field_id, id FROM ticket_field_options")) == options(zendesk)
