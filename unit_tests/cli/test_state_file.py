"""A state is stored after its line is written and before the next line is produced."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.cli.state_file import StateFile
from source_zendesk.cli.stdout_writer import StdoutWriter


def state(name: str, cursor: int) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"c": cursor}}}


def line(content: dict[str, Any]) -> str:
    return json.dumps({"type": "STATE", "state": content})


@pytest.fixture
def stdout() -> Iterator[StdoutWriter]:
    descriptor = os.open(os.devnull, os.O_WRONLY)
    yield StdoutWriter(descriptor)
    os.close(descriptor)


def test_the_file_follows_the_lines(stdout: StdoutWriter, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    steps: list[str] = []

    def lines() -> Iterator[str | bytes]:
        for each in (line(state("a", 1)), b'{"type": "RECORD", "name": "\\"STATE\\""}\n', line(state("a", 2))):
            yield each
            steps.append(path.read_text())

    written = []
    for each in StateFile(str(path), [state("b", 0)]).wrap(lines(), stdout):
        written.append(path.read_text() if path.exists() else "")
        assert each
    states = [json.loads(text) if text else [] for text in (*written, *steps)]
    first, second = [state("b", 0), state("a", 1)], [state("b", 0), state("a", 2)]
    assert states == [[], first, first, first, first, second]


@pytest.mark.parametrize("other", ['{"type": "LOG", "log": {"message": "\\"STATE\\""}}', '{"type": "STATE"}', "{}"])
def test_other_lines_do_not_change_the_file(other: str, stdout: StdoutWriter, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert list(StateFile(str(path), []).wrap([other], stdout)) == [other]
    assert list(tmp_path.iterdir()) == []
