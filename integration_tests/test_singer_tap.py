"""`tap-zendesk` discovers, syncs and resumes as a Singer tap, with the console script and the emulator."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import CONSOLE, Row, arguments, discover, run, sync
from integration_tests.recording_server import RecordingServer
from integration_tests.test_shutdown import Endless
from source_zendesk.singer.catalog import singer_catalog

TAP = str(CONSOLE.with_name("tap-zendesk"))
STREAMS = ["tickets", "groups", "ticket_field_options", "account_settings"]


@dataclass
class Output:
    """The output of a run of the tap."""

    lines: list[Row]
    code: int
    stderr: str

    @property
    def records(self) -> dict[str, list[Row]]:
        found = defaultdict(list)
        for line in self.lines:
            if line["type"] == "RECORD":
                found[line["stream"]].append(line["record"])
        return found

    @property
    def state(self) -> Row:
        state: Row = [line["value"] for line in self.lines if line["type"] == "STATE"][-1]
        return state


class Tap:
    """Runs the tap with one configuration, and selects streams as Meltano does."""

    def __init__(self, folder: Path, config: Row) -> None:
        self.folder, self.config = folder, config

    def run(self, *flags: str, **files: Any) -> Output:
        line = [TAP, *flags, *arguments(self.folder, {"config": self.config, **files})]
        done = subprocess.run(line, capture_output=True, check=False)
        lines = [orjson.loads(done.stdout)] if flags else [orjson.loads(text) for text in done.stdout.splitlines()]
        return Output(lines, done.returncode, done.stderr.decode())

    def catalog(self, streams: list[str], deselected: str = "") -> Row:
        catalog = singer_catalog(discover(self.config).values())
        for entry in catalog["streams"]:
            for item in entry["metadata"]:
                if not item["breadcrumb"]:
                    item["metadata"]["selected"] = entry["tap_stream_id"] in streams
                elif item["breadcrumb"][-1] == deselected:
                    item["metadata"]["selected"] = False
        return catalog


@pytest.fixture
def tap(zendesk: Emulator, tmp_path: Path) -> Tap:
    return Tap(tmp_path, zendesk.config(export_page_size=10))


def test_discovery_offers_the_recommended_streams_with_their_keys(tap: Tap) -> None:
    (catalog,) = tap.run("--discover").lines
    offered = run("discover", config=tap.config).catalog
    assert {entry["stream"]: entry["key_properties"] for entry in catalog["streams"]} == {
        name: [column for (column,) in stream.get("source_defined_primary_key") or []]
        for name, stream in offered.items()
    }
    assert max(len(entry["key_properties"]) for entry in catalog["streams"]) > 2


def test_a_sync_emits_the_records_of_the_connector_and_the_next_one_only_changes(tap: Tap, zendesk: Emulator) -> None:
    catalog = tap.catalog(STREAMS, deselected="description")
    expected = sync(tap.config, STREAMS).records
    first = tap.run(catalog=catalog)
    assert first.code == 0, first.stderr
    assert {line["stream"] for line in first.lines if line["type"] == "SCHEMA"} == set(STREAMS)
    for name in STREAMS:
        rows = [{field: row[field] for field in row if field != "description"} for row in expected[name]]
        assert sorted(map(json.dumps, first.records[name])) == sorted(map(json.dumps, rows))
    assert first.lines[-1]["type"] == "STATE"

    (changed, *_) = zendesk.store.all("tickets")
    zendesk.store.update("tickets", changed["id"], subject="changed")
    zendesk.clock.advance(minutes=10)
    second = tap.run(catalog=tap.catalog(["tickets"]), state=first.state)
    assert {name: [row["subject"] for row in rows] for name, rows in second.records.items()} == {"tickets": ["changed"]}
    names = [each["stream"]["stream_descriptor"]["name"] for each in second.state["airbyte_state"]]
    assert sorted(names) == sorted(STREAMS)


def test_a_failed_stream_keeps_the_others_and_their_state(tap: Tap, zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=401, times=99)
    output = tap.run(catalog=tap.catalog(["tickets", "groups"]))
    assert output.code == 1
    assert "ERROR" in output.stderr
    assert "`credentials`" in output.stderr
    assert len(output.records["tickets"]) == len(sync(tap.config, ["tickets"]).records["tickets"])
    assert "tickets" in [each["stream"]["stream_descriptor"]["name"] for each in output.state["airbyte_state"]]


def test_a_failed_discovery_prints_no_catalog(tmp_path: Path) -> None:
    line = [TAP, "--discover", *arguments(tmp_path, {"config": {"subdomain": "acme"}})]
    done = subprocess.run(line, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"`credentials`" in done.stderr


@pytest.fixture
def endless(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A tap that reads endless pages of groups."""
    with RecordingServer(Endless()) as recorder:
        config = recorder.config()
        groups = {"tap_stream_id": "groups", "schema": discover(config)["groups"]["json_schema"], "selected": True}
        line = [TAP, *arguments(tmp_path, {"config": config, "catalog": {"streams": [groups]}})]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            yield process
            process.kill()


def test_a_signal_ends_the_connector_and_output_ends_on_a_complete_line(endless: subprocess.Popen[bytes]) -> None:
    assert endless.stdout
    lines = [endless.stdout.readline()]
    while orjson.loads(lines[-1])["type"] != "STATE":
        lines.append(endless.stdout.readline())
    endless.send_signal(signal.SIGTERM)
    lines += endless.stdout.readlines()
    assert endless.wait(120) == 128 + signal.SIGTERM
    assert {orjson.loads(line)["type"] for line in lines} == {"SCHEMA", "RECORD", "STATE"}


def test_a_target_that_ends_early_ends_the_tap(endless: subprocess.Popen[bytes]) -> None:
    assert endless.stdout
    assert endless.stderr
    endless.stdout.readline()
    endless.stdout.close()
    assert endless.wait(120) == 1
    assert endless.stderr.read().decode().splitlines()[-1] == "the target closed its input before the sync ended"
