"""dlt from PyPI in a separate environment, and the files of its verified source `zendesk`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.install import CACHE, install
from benchmarks.subjects import MEASURED, Environment

# The newest release with which the source's incremental resources run without an external scheduler.
RELEASE = "dlt==1.25.0"
PROJECT = CACHE / "dlt-zendesk"
REPOSITORY = "DLT_VERIFIED_SOURCES"
"""The environment variable with the folder of a clone of dlt-hub/verified-sources; without it, dlt clones it."""


@dataclass(frozen=True)
class Dlt:
    """The Python with dlt, and a project with the source."""

    name: str
    python: Path
    project: Path

    def read(self, at: Environment, environment: Mapping[str, str], streams: Sequence[str]) -> list[str]:
        """The command line that extracts these resources."""
        return [str(self.python), str(MEASURED / "dlt_extract.py"), str(self.project), *streams]

    @property
    def commit(self) -> str:
        """The commit of the source's repository."""
        found = re.search(r"last_commit_sha: (\w{7})", (self.project / ".dlt" / ".sources").read_text())
        return found[1] if found else "unknown"


def install_dlt() -> Dlt | None:
    """The program dlt with the source, each installed if it is missing; None if the source cannot be fetched."""
    program = install(RELEASE, "dlt")
    if not (PROJECT / "zendesk").exists():
        shutil.rmtree(PROJECT, ignore_errors=True)
        PROJECT.mkdir(parents=True)
        location = ["--location", os.environ[REPOSITORY]] if REPOSITORY in os.environ else []
        command = [str(program), "init", "zendesk", "duckdb", *location]
        if subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, check=False).returncode:
            print(
                f"dlt is skipped, since its source could not be fetched. Set {REPOSITORY} to the folder of a clone of "
                "https://github.com/dlt-hub/verified-sources",
                file=sys.stderr,
            )
            return None
    return Dlt("dlt", program.with_name("python"), PROJECT)
