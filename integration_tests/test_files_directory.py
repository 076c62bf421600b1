"""`files.directory` stores the files of all selected streams, and adds the path to the records, for any tool."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlt
import pytest

from examples import dlt_zendesk, sync
from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.files import content_of
from integration_tests.harness import CONSOLE, Result, Row, configured_catalog, discover, run
from integration_tests.test_files import STREAMS, file_of, reasons
from integration_tests.test_singer_tap import Tap

ARTICLES = "article_attachments"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def read(command: Command, config: Row, *streams: str, flags: tuple[str, ...] = ()) -> Result:
    catalog = configured_catalog(discover(config), streams)
    return command("read", *flags, config=config, catalog=catalog)


def test_each_record_contains_the_path_of_its_file(command: Command, quiet_zendesk: Emulator, out: Path) -> None:
    result = read(command, quiet_zendesk.config(files={"directory": str(out)}), *STREAMS, "macros")
    assert result.errors == []
    assert result.records["macros"]
    assert not any("file_path" in row for row in result.records["macros"])
    for stream in STREAMS:
        assert result.records[stream], stream
        for row in result.records[stream]:
            assert row["file_path"].startswith(f"{stream}/")
            assert (out / row["file_path"]).read_bytes() == content_of(file_of(row))


def test_the_path_of_a_skipped_file_is_null(quiet_zendesk: Emulator, out: Path) -> None:
    config = quiet_zendesk.config(files={"directory": str(out), "content_types": ["image/*"]})
    result = run("read", config=config, catalog=configured_catalog(discover(config), [ARTICLES]))
    assert "`files.content_types`" in reasons(result)
    for row in result.records[ARTICLES]:
        assert (row["file_path"] is None) == (not row["content_type"].startswith("image/"))


def test_only_with_a_directory_the_schema_declares_the_path(quiet_zendesk: Emulator, out: Path) -> None:
    for files, streams in (({"directory": str(out)}, STREAMS), ({"directory": ""}, []), ({"max_size_mb": 1}, [])):
        config = quiet_zendesk.config(catalog="complete", files=files)
        catalog = run("discover", config=config).catalog
        found = {name for name, stream in catalog.items() if "file_path" in stream["json_schema"]["properties"]}
        assert found == set(streams), files


def test_the_path_is_no_unknown_field(command: Command, quiet_zendesk: Emulator, out: Path) -> None:
    config = quiet_zendesk.config(files={"directory": str(out)}, unknown_fields="collect")
    rows = read(command, config, ARTICLES).records[ARTICLES]
    assert rows
    for row in rows:
        assert row["file_path"]
        assert not row.get("_undeclared")


def test_the_option_of_read_sets_another_directory(command: Command, quiet_zendesk: Emulator, out: Path) -> None:
    config = quiet_zendesk.config(files={"directory": str(out / "config")})
    result = read(command, config, ARTICLES, flags=("--files", str(out / "option")))
    assert all((out / "option" / row["file_path"]).exists() for row in result.records[ARTICLES])
    assert not (out / "config").exists()


def test_a_directory_that_cannot_be_written_is_an_error(command: Command, zendesk: Emulator, out: Path) -> None:
    out.write_text("a file instead of the directory")
    config = zendesk.config(files={"directory": str(out)})
    result = read(command, config, ARTICLES)
    assert f"Files cannot be stored in {out}" in " ".join(result.errors)
    assert "`files.directory`" in " ".join(result.errors)
    assert zendesk.requests == []
    assert read(command, config, "macros").errors == []


def load_by_tap(folder: Path, config: Row) -> list[Row]:
    tap = Tap(folder, config)
    catalog = tap.run("--discover").lines[0]
    for entry in catalog["streams"]:
        entry["metadata"][0]["metadata"]["selected"] = entry["stream"] == ARTICLES
    done = tap.run(catalog=catalog)
    assert done.code == 0, done.stderr
    (schema,) = [line["schema"] for line in done.lines if line["type"] == "SCHEMA"]
    assert "file_path" in schema["properties"]
    return done.records[ARTICLES]


def load_by_dlt(folder: Path, config: Row) -> list[Row]:
    (folder / "config.json").write_text(json.dumps(config))
    pipeline = dlt.pipeline("files", destination="duckdb", dataset_name="support", pipelines_dir=str(folder))
    dlt_zendesk.load(pipeline, str(folder / "config.json"), [ARTICLES], str(CONSOLE))
    with pipeline.sql_client() as client:
        rows = client.execute_sql(f"SELECT id, size, file_path FROM {ARTICLES}") or ()
    return [dict(zip(("id", "size", "file_path"), row, strict=True)) for row in rows]


def load_by_script(folder: Path, config: Row) -> list[Row]:
    rows: list[Row] = []

    def write(_stream: str, _key: list[str], some: list[Row]) -> None:
        rows.extend(some)

    (folder / "config.json").write_text(json.dumps(config))
    sync.sync(folder / "config.json", folder / "state.json", [ARTICLES], write, str(CONSOLE))
    return rows


@pytest.mark.parametrize("load", [load_by_tap, load_by_dlt, load_by_script])
def test_a_tool_loads_the_records_with_the_paths(
    load: Callable[[Path, Row], list[Row]],
    quiet_zendesk: Emulator,
    tmp_path: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.chdir(tmp_path)
    rows: list[dict[str, Any]] = load(tmp_path, quiet_zendesk.config(files={"directory": out.name}))
    assert {row["id"] for row in rows} == {row["id"] for row in quiet_zendesk.store.all(ARTICLES)}
    for row in rows:
        assert (out / row["file_path"]).read_bytes() == content_of(row)
