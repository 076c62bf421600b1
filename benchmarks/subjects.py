"""Whose work is measured: this connector, Airbyte's, and the floor."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import trustme

from benchmarks.server import Plan

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks" / "measured"
FLOOR = HERE / "floor.py"
TRUST = ("REQUESTS_CA_BUNDLE", "BENCH_TRUSTED")
CONFIG = {
    "subdomain": "bench",
    "credentials": {"credentials": "oauth2.0", "access_token": "0123456789abcdef"},
    "start_date": "2018-01-01T00:00:00Z",
}


class Place:
    """A folder with a certificate for zendesk.com, and the environment in which that name is this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate, trusted = folder / "server.pem", folder / "trusted.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(trusted))
        authority.issue_cert("*.zendesk.com").private_key_and_cert_chain_pem.write_to_path(str(self.certificate))
        inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.environment = {**inherited, "PYTHONPATH": str(HERE), **dict.fromkeys(TRUST, str(trusted))}

    @contextmanager
    def serving(self, plan: Plan) -> Iterator[dict[str, str]]:
        """Serve a plan from a process of its own; the environment of those who ask it."""
        command = [sys.executable, "-m", "benchmarks.server", plan.text(), str(self.certificate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
            try:
                yield {**self.environment, "BENCH_PORT": _line(server.stdout)}
            finally:
                server.terminate()

    def write(self, name: str, content: Any) -> Path:
        """A JSON file that a command is pointed at."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return path


@contextmanager
def place() -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Place(Path(folder))


@dataclass(frozen=True)
class Connector:
    """A console script that speaks the Airbyte protocol."""

    name: str
    program: Path
    config: Mapping[str, Any] = field(default_factory=lambda: CONFIG, hash=False)

    def command(self, at: Place, word: str, **files: Path) -> list[str]:
        """The command line of spec, check, discover or read."""
        given = {} if word == "spec" else {"config": at.write(f"config_{self.name}", self.config), **files}
        return [str(self.program), word, *(part for name, path in given.items() for part in (f"--{name}", str(path)))]

    def read(self, at: Place, environment: Mapping[str, str], streams: Sequence[str], state: Any = None) -> list[str]:
        """The command line that reads these streams, incrementally where they can."""
        found = self.discovered(at, environment)
        entries = [_configured(found[name]) for name in streams]
        files = {"catalog": at.write(f"catalog_{self.name}_{len(streams)}_{streams[0]}", {"streams": entries})}
        if state:
            files["state"] = at.write(f"state_{self.name}", state)
        return self.command(at, "read", **files)

    def discovered(self, at: Place, environment: Mapping[str, str]) -> dict[str, Any]:
        """The streams of the catalog by name; asked once a place."""
        kept = at.folder / f"discovered_{self.name}.json"
        if not kept.exists():
            said = subprocess.run(
                self.command(at, "discover"),
                cwd=at.folder,
                env={**environment},
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
            (catalog,) = [line for line in map(json.loads, said.stdout.splitlines()) if line["type"] == "CATALOG"]
            kept.write_text(json.dumps(catalog["catalog"]["streams"]))
        return {stream["name"]: stream for stream in json.loads(kept.read_text())}


def _configured(stream: Mapping[str, Any]) -> dict[str, Any]:
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def _line(said: IO[str] | None) -> str:
    return said.readline().strip() if said else ""


def ours() -> Connector:
    """The connector of this repository, offering every stream that it has."""
    program = Path(sys.executable).with_name("source-zendesk")
    return Connector("ours", program, {**CONFIG, "catalog": "complete"})


def floor(lists: Sequence[Mapping[str, Any]]) -> list[str]:
    """The command line that reads lists with the least work."""
    return [sys.executable, str(FLOOR), json.dumps(lists)]
