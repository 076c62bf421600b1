"""Other programs, installed from PyPI into separate environments."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.subjects import ROOT

CACHE = ROOT / ".cache"
NEWEST_PYTHON = (3, 13)


def install(release: str, program: str, newest_python: tuple[int, int] = NEWEST_PYTHON) -> Path:
    """The program of a release, installed if it is missing, with this Python or the newest that it supports."""
    environment = CACHE / release
    found = environment / "bin" / program
    if not found.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        python = ".".join(map(str, min(sys.version_info[:2], newest_python)))
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", python, str(environment)], check=True)
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(environment), release]
        subprocess.run(command, check=True)
    return found
