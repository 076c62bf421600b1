"""The wheel works on every available Python, and the sdist contains everything to build and test it.

`make build` sets `DIST` to the folder of its files; without it, they are built here.
"""

import email
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import tomli
import yaml
from packaging.requirements import Requirement

from integration_tests.emulator import Emulator

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]
NOT_OURS = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}


def run(*command: str | Path, cwd: Path) -> str:
    """The command's stdout; a failure prints its stderr."""
    clean = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def pythons() -> list[str]:
    """The available supported interpreters, including those of pyenv."""
    minors = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if ":: Python :: 3." in line]
    found = []
    for minor in minors:
        if command := shutil.which(f"python{minor}"):
            line = [command, "-c", "import sys; print(sys.executable)"]
            pinned = {**os.environ, "PYENV_VERSION": minor}
            process = subprocess.run(line, env=pinned, capture_output=True, text=True, check=False)
            found += [process.stdout.strip()] if process.returncode == 0 else []
    return found


def expected_contents() -> dict[str, bytes]:
    """The expected contents of the wheel by file name."""
    package = {str(path.relative_to(ROOT)): path for path in (ROOT / "source_zendesk").rglob("*")}
    beside = [ROOT / "manifest.yaml", *(ROOT / "products").rglob("*"), *(ROOT / "schemas").rglob("*")]
    files = package | {f"source_zendesk/{path.relative_to(ROOT)}": path for path in beside}
    return {name: path.read_bytes() for name, path in files.items() if path.is_file() and path.suffix != ".pyc"}


def wheel_contents(wheel: Path) -> dict[str, bytes]:
    """The contents of a wheel without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    if given := os.environ.get("DIST"):
        return ROOT / given
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--out-dir", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A constraints file with the versions of the lock."""
    path = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    run(UV, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "-o", path, cwd=ROOT)
    return path


def installed(wheel: Path, constraints: Path, python: str, folder: Path) -> Path:
    """`source-zendesk`, installed from the wheel in an empty environment."""
    run(UV, "venv", "--quiet", "--python", python, folder / "venv", cwd=folder)
    own = folder / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", own, "--constraint", constraints, wheel, cwd=folder)
    return own.with_name("source-zendesk")


def messages(output: str, kind: str) -> list[dict[str, Any]]:
    """The protocol messages of one type; every line must be a message."""
    return [message for message in map(json.loads, output.splitlines()) if message["type"] == kind]


def test_the_wheel_contains_only_package_manifest_products_and_schemas(wheel: Path) -> None:
    assert wheel_contents(wheel) == expected_contents()


def test_the_wheel_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata_files = {
            Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name
        }
    metadata = email.message_from_string(metadata_files["METADATA"])
    assert (metadata["Name"], metadata["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert (metadata["License-Expression"], metadata["License-File"]) == ("MIT", "LICENSE")
    assert set(metadata["Requires-Python"].split(",")) == set(PROJECT["requires-python"].split(","))
    needed = {str(Requirement(text)) for text in PROJECT["dependencies"]}
    assert {str(Requirement(text)) for text in metadata.get_all("Requires-Dist", [])} == needed
    assert {text.partition(", ")[2] for text in metadata.get_all("Project-URL", [])} == set(PROJECT["urls"].values())
    assert (ROOT / "README.md").read_text() in metadata_files["METADATA"]
    assert "source-zendesk = source_zendesk.__main__:main" in metadata_files["entry_points.txt"]
    assert "tap-zendesk = source_zendesk.singer.tap:main" in metadata_files["entry_points.txt"]


def test_the_sdist_contains_every_file_of_a_clone(dist: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a clone knows what belongs to it")
    listed = ("git", "-c", "safe.directory=*", "ls-files")
    tracked = set(run(*listed, cwd=ROOT).splitlines())
    new = set(run(*listed, "--others", "--exclude-standard", cwd=ROOT).splitlines())
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()} - {"PKG-INFO"}
    assert tracked - held == set()
    assert held - tracked - new == set()


def test_tests_run_from_the_sdist(dist: Path, tmp_path: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    shutil.unpack_archive(sdist, tmp_path)
    (tree,) = tmp_path.iterdir()
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "unit_tests/test_project.py"]
    assert " passed" in run(*line, cwd=tree)


def test_the_image_contains_every_file_the_wheel_needs(tmp_path: Path) -> None:
    context, out = tmp_path / "context", tmp_path / "dist"
    context.mkdir()
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            copy = shutil.copytree if (ROOT / line[1:]).is_dir() else shutil.copy
            copy(ROOT / line[1:], context / line[1:])
    run(UV, "build", "--quiet", "--wheel", "--out-dir", out, cwd=context)
    assert wheel_contents(*out.glob("*.whl")) == expected_contents()


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_the_installed_wheel_prints_the_spec(wheel: Path, constraints: Path, python: str, tmp_path: Path) -> None:
    (spec,) = messages(run(installed(wheel, constraints, python, tmp_path), "spec", cwd=tmp_path), "SPEC")
    assert "subdomain" in spec["spec"]["connectionSpecification"]["properties"]


def test_the_installed_wheel_discovers_streams(wheel: Path, constraints: Path, tmp_path: Path) -> None:
    connector = installed(wheel, constraints, sys.executable, tmp_path)
    assert run(connector, "--version", cwd=tmp_path) == f"source-zendesk {PROJECT['version']}\n"
    with Emulator(seed=1, rows=5, tickets=5) as zendesk:
        (tmp_path / "config.json").write_text(json.dumps(zendesk.config()))
        (catalog,) = messages(run(connector, "discover", "--config", "config.json", cwd=tmp_path), "CATALOG")
    schemas = {stream["name"]: stream["json_schema"] for stream in catalog["catalog"]["streams"]}
    assert "status" in schemas["tickets"]["properties"]
    suggested = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["suggestedStreams"]["streams"]
    assert set(suggested) <= set(schemas)
