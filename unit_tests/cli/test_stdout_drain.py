"""`drain` returns when the written output is durable."""

import os
import threading
from pathlib import Path

import pytest

from source_zendesk.cli.stdout_writer import StdoutWriter


def test_a_pipe_is_drained_when_its_reader_has_taken_all_bytes() -> None:
    reader, writer = os.pipe()
    stdout = StdoutWriter(writer)
    taken: list[bytes] = []
    stdout.write_bytes(b"a" * 5000)
    thread = threading.Thread(target=lambda: taken.extend(os.read(reader, 1000) for _ in range(5)))
    thread.start()
    stdout.drain()
    thread.join()
    os.close(reader)
    stdout.drain()
    assert b"".join(taken) == b"a" * 5000


def test_a_pipe_with_bytes_that_its_reader_left_is_broken() -> None:
    reader, writer = os.pipe()
    stdout = StdoutWriter(writer)
    stdout.write_bytes(b"a" * 5000)
    os.read(reader, 4999)
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        stdout.drain()


def test_a_file_is_synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with (tmp_path / "out").open("wb") as file:
        StdoutWriter(file.fileno()).drain()
        assert synced == [file.fileno()]


def test_other_output_is_not_waited_for() -> None:
    with Path("/dev/null").open("wb") as null:
        StdoutWriter(null.fileno()).drain()
