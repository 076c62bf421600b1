"""The directory in which files are stored."""

from pathlib import Path

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.files import staging


def test_the_directory_is_created(tmp_path: Path) -> None:
    assert staging.prepare_directory(str(tmp_path / "a" / "b")) == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_relative_directory_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert staging.prepare_directory("files") == tmp_path / "files"


def test_by_default_it_is_the_one_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "get_files_directory", lambda: str(tmp_path / "staging"))
    assert staging.prepare_directory(None) == tmp_path / "staging"


@pytest.mark.parametrize("name", ["file", "file/below", "a\0b"])
def test_a_directory_that_cannot_be_written_is_an_error_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"Files cannot be stored in .*Set `read --files`"):
        staging.prepare_directory(str(tmp_path / name))
