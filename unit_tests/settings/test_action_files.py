"""Validation of the files of actions."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.actions import actions_by_stream
from source_zendesk.writes.upload_file import MAX_BYTES

Make = Callable[[Path], object]


def _link(path: Path) -> None:
    target = path.with_name("target")
    target.write_text("a")
    path.symlink_to(target)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def _large(path: Path) -> None:
    path.touch()
    os.truncate(path, MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (_link, "is a link; give its target file"),
        (lambda path: path.symlink_to("nowhere"), "is a link"),
        (Path.mkdir, "is a directory; give a file"),
        (os.mkfifo, "is a pipe; write its content to a file"),
        (_socket, "is a socket"),
        (_large, "has more than 50 MB, which Zendesk does not accept"),
        (lambda _: None, "does not exist; give the path of a file on the connector"),
    ],
)
def test_only_regular_files_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make, cause: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("a.txt"))
    assert f"`actions[0].file`: a.txt {cause}" in _refusal("a.txt")


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/proc/self/environ", "is a system file; give a file of your own"),
        ("/dev/zero", "is a device"),
        ("/dev/stdin", "is a link"),
        ("/dev/null/x", "does not exist"),
        ("~nobody-is-called-so/x", "does not exist"),
        ("a\0b", "cannot be read (embedded null byte)"),
        ("a" * 300, "cannot be read (File name too long)"),
    ],
)
def test_system_files_and_invalid_paths_are_rejected(path: str, cause: str) -> None:
    assert cause in _refusal(path)


def test_a_linked_system_directory_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("/proc/self")
    assert "is a system file" in _refusal(str(tmp_path / "self" / "environ"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch(mode=0)
    assert "cannot be read (no permission)" in _refusal(str(path))


def _refusal(file: str) -> str:
    item = {"stream": "upload_files", "parameters": {"filename": "a"}, "body": None, "file": file}
    with pytest.raises(ConfigError) as error:
        actions_by_stream([item], Manifest.load(), is_allowed=True)
    return str(error.value)
