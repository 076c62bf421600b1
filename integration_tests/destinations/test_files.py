"""PyAirbyte, Meltano and dlt store files and load their paths, by the programs of docs/files.md."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from examples import dlt_zendesk
from integration_tests.destinations.conftest import Account
from integration_tests.destinations.environments import environment, run
from integration_tests.destinations.page import FILES_PAGE, PAGE, blocks
from integration_tests.destinations.test_meltano import project
from integration_tests.destinations.test_pyairbyte import execute, programs
from integration_tests.emulator.data.files import content_of
from integration_tests.harness import Row

pytestmark = pytest.mark.destinations
__all__ = ["programs"]

HEADING = "In PyAirbyte, Meltano, dlt and other tools"
STREAM = "article_attachments"


@pytest.fixture
def files(account: Account, tmp_path: Path) -> Row:
    """The page's setting, added to the configuration of the account."""
    (setting,) = map(json.loads, blocks(HEADING, "json", FILES_PAGE))
    (tmp_path / "config.json").write_text(json.dumps(account.config | setting))
    found: Row = setting["files"]
    return found


def check(account: Account, paths: dict[int, Path]) -> None:
    """Each record of the stream has the path of its file, in which every byte is correct."""
    rows = account.zendesk.store.all(STREAM)
    assert {row["id"]: content_of(row) for row in rows} == {key: path.read_bytes() for key, path in paths.items()}


def printed(output: str, folder: Path) -> dict[int, Path]:
    """The paths that a program printed after the id of each record."""
    return {int(key): folder / path for key, path in re.findall(r"^(\d+) (files/.+)$", output, re.MULTILINE)}


@pytest.mark.usefixtures("files")
def test_pyairbyte(account: Account, programs: Path, tmp_path: Path) -> None:
    source, _ = blocks("PyAirbyte", "python")
    program, _ = blocks(HEADING, "python", FILES_PAGE)
    output = execute(source.partition("source.select_streams")[0] + program, programs, tmp_path)
    check(account, printed(output, tmp_path))


@pytest.mark.usefixtures("files")
def test_dlt(account: Account, tmp_path: Path) -> None:
    (install,) = re.findall(r"`(pip install \"dlt\[duckdb\]\"[^`]*)`", PAGE.read_text())
    tools = environment("dlt-duckdb", install)
    _, program = blocks(HEADING, "python", FILES_PAGE)
    (tmp_path / "program.py").write_text(program)
    shutil.copy(dlt_zendesk.__file__, tmp_path)
    env = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "DLT_DATA_DIR": str(tmp_path / "dlt")}
    check(account, printed(run(tools / "python", "program.py", cwd=tmp_path, env=env), tmp_path))


def test_meltano(account: Account, files: Row, tmp_path: Path) -> None:
    (setting,) = map(yaml.safe_load, blocks(HEADING, "yaml", FILES_PAGE))
    assert setting["config"]["files"] == files
    made = project(account, tmp_path, 0, setting["select"])
    content = yaml.safe_load((tmp_path / "meltano.yml").read_text())
    content["plugins"]["extractors"][0]["config"] |= setting["config"]
    (tmp_path / "meltano.yml").write_text(yaml.safe_dump(content))
    made.run("target-jsonl")
    check(account, {row["id"]: tmp_path / "files" / row["file_path"] for row in made.rows()[STREAM]})
