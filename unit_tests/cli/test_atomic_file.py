"""A file has either its old or its new content, whatever fails."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from source_zendesk.cli.atomic_file import replace_file


def _fail(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_created_and_replaced_with_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    for text, mode in (("one", 0o600), ("two \N{SNOWMAN}", 0o644)):
        replace_file(target, text, mode)
        assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == (text, mode)
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_kill_left_behind_is_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    (tmp_path / ".state.json.new").write_text("a longer text of an earlier run")
    replace_file(target, "new", 0o600)
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


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
