"""Environments of the tools below `.cache/destinations`, made once by the page's own commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "destinations"
UV = Path(sys.executable).with_name("uv")
CLONE = "./source-zendesk"
NOT_OURS = {"PYTHONPATH", "VIRTUAL_ENV"}
NEWEST_PYTHON = (3, 12)
"""PyAirbyte takes no newer one."""


def environment(name: str, commands: str) -> Path:
    """The folder of the executables of an environment that these lines of `pip install` fill; skips if they cannot.

    The connector comes from this clone, in editable mode, so that the environment never is out of date.
    """
    made = CACHE / f"{name}-{sha256(commands.encode()).hexdigest()[:8]}"
    if not (made / ".ready").exists():
        shutil.rmtree(made, ignore_errors=True)
        python = ".".join(map(str, min(sys.version_info[:2], NEWEST_PYTHON)))
        run_or_skip(name, UV, "venv", "--quiet", "--python", python, made)
        for line in commands.replace('"', "").splitlines():
            words = line.partition("#")[0].split()
            assert words[:2] == ["pip", "install"]
            packages = [word for each in words[2:] for word in (["-e", str(ROOT)] if each == CLONE else [each])]
            run_or_skip(name, UV, "pip", "install", "--quiet", "--python", made / "bin" / "python", *packages)
        (made / ".ready").touch()
    return made / "bin"


def run_or_skip(name: str, *command: str | Path) -> None:
    """Run a command that installs something; without network, the test is skipped."""
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{name} cannot be installed here: {done.stderr[-500:]}")


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    """The output of a command; if it fails, so does the test, with the end of its output."""
    clean = clean_environment() | env
    done = subprocess.run(
        command, cwd=cwd, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def clean_environment() -> dict[str, str]:
    """The variables of this process without those of its own interpreter, and without telemetry of the tools."""
    silent = {"DO_NOT_TRACK": "1", "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false", "RUNTIME__DLTHUB_TELEMETRY": "false"}
    return {name: value for name, value in os.environ.items() if name not in NOT_OURS} | silent
