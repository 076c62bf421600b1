"""A file has either its old or its new content, whatever fails."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from source_zendesk.cli.atomic_file import check_replaceable, replace_file


def _fail(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_created_and_replaced_with_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    for text, mode in (("one", 0o600), ("two \N{SNOWMAN}", 0o644)):
        replace_file(target, text, mode)
        assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == (text, mode)
    assert list(tmp_path.iterdir()) == [target]


def test_several_processes_can_replace_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "state.json"
    original = os.fsync

    def replace_meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", original)
        check_replaceable(target)
        replace_file(target, "of the other process", 0o600)
        assert target.read_text() == "of the other process"
        original(descriptor)

    monkeypatch.setattr(os, "fsync", replace_meanwhile)
    replace_file(target, "of this process", 0o600)
    assert target.read_text() == "of this process"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_in_a_directory_that_is_missing_is_not_replaceable(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_replaceable(tmp_path / "missing" / "state.json")
    check_replaceable(tmp_path / "state.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [(os, "open"), (os, "fsync"), (Path, "chmod"), (Path, "replace")])
def test_a_failed_step_leaves_the_old_content(
    step: tuple[object, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    target.write_text("old")
    monkeypatch.setattr(*step, _fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(target, "new", 0o600)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("step", [(os, "fsync"), (Path, "replace")])
def test_a_kill_at_a_step_leaves_the_old_content(
    step: tuple[object, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    target.write_text("old")
    seen: list[str] = []
    original: Callable[..., object] = getattr(*step)

    def observe(*args: object) -> object:
        seen.append(target.read_text())
        return original(*args)

    monkeypatch.setattr(*step, observe)
    replace_file(target, "new", 0o600)
    assert seen[0] == "old"
    assert target.read_text() == "new"
