"""Airbyte's connector, installed from PyPI into a separate environment."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.subjects import Connector

RELEASE = "airbyte-source-zendesk-support==4.9.1"
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".cache" / RELEASE
UV = str(Path(sys.executable).with_name("uv"))
NEWEST_PYTHON = (3, 11)


def install_airbyte() -> Connector:
    """Airbyte's connector, installed if it is missing. Its release supports Python up to 3.11."""
    program = ENVIRONMENT / "bin" / "source-zendesk-support"
    if not program.exists():
        python = ".".join(map(str, min(sys.version_info[:2], NEWEST_PYTHON)))
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        subprocess.run([UV, "venv", "--quiet", "--python", python, str(ENVIRONMENT)], check=True)
        install = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(ENVIRONMENT), RELEASE]
        subprocess.run(install, check=True)
    return Connector("airbyte", program)
