"""The built wheel works alone: an empty environment, another working directory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.emulator import Emulator

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path) -> str:
    """The command's stdout; a failure shows its stderr."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`source-zendesk` as a user gets it, with the lock's versions."""
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder, cwd=ROOT)
    locked = ["--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file"]
    run(UV, "export", "--quiet", *locked, folder / "constraints.txt", cwd=ROOT)
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    install = (UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python)
    run(*install, "--constraint", folder / "constraints.txt", wheel, cwd=folder)
    return python.with_name("source-zendesk")


def messages(output: str, kind: str) -> list[dict[str, object]]:
    """The protocol messages of one type; every line has to be one."""
    return [message for message in map(json.loads, output.splitlines()) if message["type"] == kind]


def test_spec_of_the_installed_wheel(connector: Path, tmp_path: Path) -> None:
    (spec,) = messages(run(connector, "spec", cwd=tmp_path), "SPEC")
    assert "connectionSpecification" in json.dumps(spec)


def test_discover_with_the_installed_wheel(connector: Path, tmp_path: Path) -> None:
    with Emulator(seed=1, rows=5, tickets=5) as zendesk:
        (tmp_path / "config.json").write_text(json.dumps(zendesk.config()))
        (catalog,) = messages(run(connector, "discover", "--config", "config.json", cwd=tmp_path), "CATALOG")
    schemas = {stream["name"]: stream["json_schema"] for stream in catalog["catalog"]["streams"]}  # type: ignore[index]
    assert "status" in schemas["tickets"]["properties"]
