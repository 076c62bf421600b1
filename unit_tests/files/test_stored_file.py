"""The files of earlier runs."""

import os
from pathlib import Path

import pytest

from source_zendesk.files.remote_file import RemoteFile
from source_zendesk.files.stored_file import StoredFile, find_stored

TIME = 1704067200


def remote(name: str | None, changed_at: int | None = None) -> RemoteFile:
    return RemoteFile("u", name, 7, 3, "", changed_at, is_deleted=False, is_flagged=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "unnamed", "7.mp3", "7.mp3.part", "77.mp3"):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, (TIME, TIME))
    return tmp_path


def found(name: str | None, path: Path, changed_at: int | None = None) -> str | None:
    stored = find_stored(remote(name, changed_at), path)
    assert stored is None or stored == StoredFile(stored.path, len(stored.path.name))
    return stored.path.name if stored else None


def test_a_file_with_a_name_is_at_its_path(folder: Path) -> None:
    assert found("a.png", folder / "a.png") == "a.png"
    assert found("b.png", folder / "b.png") is None
    assert found("7", folder / "7") is None
    assert found("b.png", folder / "missing" / "b.png") is None


def test_a_file_without_a_name_has_any_extension(folder: Path) -> None:
    assert found(None, folder / "7") == "7.mp3"
    (folder / "7").write_bytes(b"7")
    assert found(None, folder / "7") == "7"


def test_a_file_without_a_name_may_have_the_name_of_earlier_versions(folder: Path) -> None:
    assert found(None, folder / "8") == "unnamed"
    (folder / "unnamed").unlink()
    assert found(None, folder / "8") is None
    assert found(None, folder / "missing" / "8") is None


@pytest.mark.parametrize(("name", "path"), [("a.png", "a.png"), (None, "7"), (None, "8")])
def test_a_file_of_another_time_is_not_the_one_of_the_record(name: str | None, path: str, folder: Path) -> None:
    assert found(name, folder / path, TIME)
    assert found(name, folder / path, TIME + 1) is None
