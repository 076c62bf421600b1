"""tap-zendesk, the Singer tap of singer-io, installed from PyPI into a separate environment."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.install import install
from benchmarks.subjects import CONFIG, Environment

RELEASE = "tap-zendesk==2.8.2"
TAP_CONFIG = {
    "subdomain": CONFIG["subdomain"],
    "access_token": CONFIG["credentials"]["access_token"],
    "start_date": CONFIG["start_date"],
}


@dataclass(frozen=True)
class Tap:
    """The console script of the tap."""

    name: str
    program: Path

    def read(self, at: Environment, environment: Mapping[str, str], streams: Sequence[str]) -> list[str]:
        """The command line that reads these streams with all their fields."""
        command = [str(self.program), "--config", str(at.write("config_tap", TAP_CONFIG))]
        catalog = at.folder / "catalog_tap.json"
        if not catalog.exists():
            process = subprocess.run(
                [*command, "--discover"], cwd=at.folder, env={**environment}, capture_output=True, check=True
            )
            catalog.write_bytes(process.stdout)
        selected = at.write(f"catalog_tap_{streams[-1]}", _select(json.loads(catalog.read_text()), streams))
        return [*command, "--catalog", str(selected)]


def _select(catalog: Any, streams: Sequence[str]) -> Any:
    """The catalog with these streams and all their fields selected."""
    entries = [entry for entry in catalog["streams"] if entry["stream"] in streams]
    for entry in entries:
        for part in entry["metadata"]:
            part["metadata"]["selected"] = True
    return {"streams": entries}


def install_tap() -> Tap:
    """The tap, installed if it is missing."""
    return Tap("tap-zendesk", install(RELEASE, "tap-zendesk"))
