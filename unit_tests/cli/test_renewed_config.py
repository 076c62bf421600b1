"""A new refresh token is stored in the configuration file, or an error names the file, which stays intact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.cli.renewed_config import RenewedConfig, write_atomically

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
    write_atomically(link, "new")
    assert link.is_symlink()
    assert config.read_text() == "new"
