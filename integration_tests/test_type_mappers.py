"""PyAirbyte and Singer's SDK accept the schema of every stream."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.manifest import Manifest

FOLDER = Path(__file__).parent / "type_mappers"
UV = Path(sys.executable).with_name("uv")
PYAIRBYTE = "airbyte==0.71.3"
"""Installed without dependencies, to save time and space."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with both libraries."""
    if sys.version_info >= (3, 13):
        pytest.skip("PyAirbyte takes Python 3.10 to 3.12")
    made = tmp_path_factory.mktemp("mappers") / "venv"
    found = made / "bin" / "python"
    install = ("pip", "install", "--no-deps", "--python", found, "-r", FOLDER / "requirements.txt", PYAIRBYTE)
    commands: tuple[tuple[str | Path, ...], ...] = (("venv", "--python", sys.executable, made), install)
    for command in commands:
        done = subprocess.run([UV, "--quiet", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"PyAirbyte and Singer's SDK cannot be installed here: {done.stderr[-500:]}")
    return found


def map_schemas(python: Path, schemas: dict[str, Any]) -> dict[str, Any]:
    """The number of distinct fields, and the objections by field."""
    command: list[str | Path] = [python, "-W", "ignore", FOLDER / "accept.py"]
    done = subprocess.run(command, input=json.dumps(schemas), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_type_mappers_accept_every_schema(python: Path) -> None:
    manifest = Manifest.load()
    report = map_schemas(python, {name: manifest.record_schema(entry) for name, entry in manifest.endpoints.items()})
    assert report["faults"] == {}
    assert report["fields"] > 1_500


def test_a_schema_refused_by_a_type_mapper_is_reported(python: Path) -> None:
    several = {"type": ["null", "string", "object"]}
    bare = {"type": ["null", "array"], "items": {"type": ["null", "object"]}}
    untyped: dict[str, Any] = {"description": "Anything"}
    report = map_schemas(python, {"x": {"properties": {"several": several, "bare": bare, "untyped": untyped}}})[
        "faults"
    ]
    assert "Could not determine airbyte type" in report["PyAirbyte x.several"]
    assert "Could not determine airbyte type" in report["PyAirbyte x.untyped"]
    assert "KeyError('properties')" in report["Singer record x.bare"]
