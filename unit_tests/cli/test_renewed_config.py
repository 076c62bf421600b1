"""A new refresh token is stored in the configuration file, or an error names the file, which stays intact."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.cli.renewed_config import RenewedConfig, check_storable, write_config
from source_zendesk.errors import ConfigError

RENEWED = {"subdomain": "acme", "credentials": {"refresh_token": "new"}}


def control(config: Any) -> str:
    return json.dumps({"type": "CONTROL", "control": {"connectorConfig": {"config": config}}})


def run(path: Path | None, *lines: str) -> None:
    with RenewedConfig(None if path is None else str(path)) as stdout:
        stdout.write("".join(f"{line}\n" for line in lines))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text("{}")
    path.chmod(0o640)
    return path


def test_the_last_configuration_is_stored_and_the_file_keeps_its_mode(config: Path) -> None:
    run(config, "no JSON", "[1]", control({"old": 1}), '{"type": "LOG"}', control(RENEWED))
    assert json.loads(config.read_text()) == RENEWED
    assert config.stat().st_mode & 0o777 == 0o640
    assert list(config.parent.iterdir()) == [config]


def test_without_a_control_message_the_file_is_unchanged(config: Path) -> None:
    run(config, '{"type": "RECORD"}', "null")
    assert config.read_text() == "{}"


def test_a_command_without_a_file_stores_nothing() -> None:
    run(None, control(RENEWED))


def test_the_configuration_is_stored_even_if_the_command_fails(config: Path) -> None:
    def fail() -> None:
        with RenewedConfig(str(config)) as stdout:
            stdout.write(control(RENEWED))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert json.loads(config.read_text()) == RENEWED


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_written_is_logged_with_the_remedy(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(tmp_path / name, control(RENEWED))
    (error,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert str(tmp_path / name) in error
    assert "Give consent again" in error
    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_is_followed_and_kept(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(config)
    write_config(link, "new")
    assert link.is_symlink()
    assert config.read_text() == "new"


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x1c", "\v"])
def test_only_a_line_feed_ends_a_line(character: str, config: Path) -> None:
    message = {"type": "CONTROL", "control": {"connectorConfig": {"config": {**RENEWED, "a": character}}}}
    run(config, json.dumps(message, ensure_ascii=False))
    assert json.loads(config.read_text()) == {**RENEWED, "a": character}


def test_a_configuration_is_stored_when_its_line_ends(config: Path) -> None:
    with RenewedConfig(str(config)) as stdout:
        print(control(RENEWED), file=stdout)
        assert json.loads(config.read_text()) == RENEWED
        print(control({"later": 1}), file=stdout)
        assert json.loads(config.read_text()) == {"later": 1}


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS])
@pytest.mark.parametrize("refused", [(Path, "replace"), (os, "open")])
def test_a_file_that_cannot_be_replaced_is_overwritten(
    code: int, refused: tuple[Any, str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*refused, _raise(code))
    config.write_text(" " * 9000)
    inode = config.stat().st_ino
    run(config, control(RENEWED))
    assert json.loads(config.read_text()) == RENEWED
    assert config.stat().st_ino == inode
    assert list(config.parent.iterdir()) == [config]


def test_a_full_disk_leaves_the_file_unchanged(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", _raise(errno.ENOSPC))
    run(config, control(RENEWED))
    assert config.read_text() == "{}"
    assert list(config.parent.iterdir()) == [config]


def test_a_file_that_can_be_written_is_storable(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(config)
    for path in (config, link):
        check_storable(str(path))
    config.chmod(0o400)
    check_storable(str(config))


def test_a_read_only_or_irregular_file_is_not_storable(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, (reader, writer) = tmp_path / "pipe", os.pipe()
    os.mkfifo(pipe)
    try:
        for path in (pipe, f"/dev/fd/{reader}", tmp_path, tmp_path / "missing.json"):
            with pytest.raises(ConfigError, match=r"not a writable regular file.*client_credentials"):
                check_storable(str(path))
    finally:
        os.close(reader)
        os.close(writer)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ConfigError, match=f"--config {config}"):
        check_storable(str(config))


def _raise(code: int) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail
