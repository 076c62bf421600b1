"""A file that is being stored."""

import errno
import os
from pathlib import Path

import pytest

from source_zendesk.errors import FileStorageError
from source_zendesk.files.partial_file import PartialFile


@pytest.fixture
def part(tmp_path: Path) -> PartialFile:
    return PartialFile("photos", tmp_path / "1" / "a.txt")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_partial_file_never_has_its_final_name(part: PartialFile, tmp_path: Path) -> None:
    part.append([b"ab", b"c"], 10)
    assert files(tmp_path) == ["1/a.txt.part"]

    part.complete(1704067200)
    assert files(tmp_path) == ["1/a.txt"]
    assert (tmp_path / "1/a.txt").read_bytes() == b"abc"
    assert (tmp_path / "1/a.txt").stat().st_mtime == 1704067200


def test_an_extension_is_added_to_the_final_name(part: PartialFile, tmp_path: Path) -> None:
    part.append([b"ab"], 10)
    assert part.complete(None, ".mp3") == tmp_path / "1/a.txt.mp3"
    assert files(tmp_path) == ["1/a.txt.mp3"]


def test_later_chunks_continue_the_file_and_a_restart_replaces_it(part: PartialFile, tmp_path: Path) -> None:
    part.append([b"ab"], 10)
    part.append([b"cd"], 10)
    assert (tmp_path / "1/a.txt.part").read_bytes() == b"abcd"

    part.restart()
    part.append([b"e"], 10)
    assert (tmp_path / "1/a.txt.part").read_bytes() == b"e"
    assert part.size == 1


def test_chunks_above_the_limit_are_not_read(part: PartialFile) -> None:
    endless = iter(lambda: b"x" * 10, None)
    part.append(endless, 25)
    assert part.size == 30


def test_an_empty_file_is_stored(part: PartialFile, tmp_path: Path) -> None:
    part.append([], 10)
    part.complete(None)
    assert (tmp_path / "1/a.txt").read_bytes() == b""


def test_a_discarded_file_leaves_nothing(part: PartialFile, tmp_path: Path) -> None:
    part.append([b"ab"], 10)
    part.discard()
    part.discard()
    assert files(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_in_the_error(
    part: PartialFile, monkeypatch: pytest.MonkeyPatch, code: int, tmp_path: Path
) -> None:
    def write(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(FileStorageError) as raised:
        part.append([b"ab"], 10)
    assert "Stream photos: files cannot be stored in" in str(raised.value.message)
    assert f"{tmp_path}/1, because the disk is full" in str(raised.value.message)
    assert "free some space" in str(raised.value.message)


def test_a_folder_that_cannot_be_created_is_an_error_with_the_cause(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a file instead of the folder")
    with pytest.raises(FileStorageError, match=r"cannot be stored in .*, because .*; allow the connector to write"):
        PartialFile("photos", tmp_path / "1" / "a.txt").append([b"ab"], 10)
