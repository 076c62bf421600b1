"""The measured programs: this connector, Airbyte's, and the floor."""

import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import trustme

from benchmarks.server import LOG, Plan

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ROOT / "benchmarks" / "measured"
FLOOR = MEASURED / "floor.py"
TRUST = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "BENCH_TRUSTED")
Request = tuple[float, str, int]
CONFIG: dict[str, Any] = {
    "subdomain": "bench",
    "credentials": {"credentials": "oauth2.0", "access_token": "0123456789abcdef"},
    "start_date": "2018-01-01T00:00:00Z",
}


class Environment:
    """A folder with a certificate for zendesk.com, and environment variables that map that name to this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate, trusted = folder / "server.pem", folder / "trusted.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(trusted))
        authority.issue_cert("*.zendesk.com").private_key_and_cert_chain_pem.write_to_path(str(self.certificate))
        inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.environment = {**inherited, "PYTHONPATH": str(MEASURED), **dict.fromkeys(TRUST, str(trusted))}

    @contextmanager
    def serve(self, plan: Plan) -> Iterator[dict[str, str]]:
        """Serve a plan in a separate process; yields the environment variables of its clients."""
        command = [sys.executable, "-m", "benchmarks.server", plan.to_json(), str(self.certificate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
            try:
                yield {**self.environment, "BENCH_PORT": _line(server.stdout)}
            finally:
                server.terminate()

    def write(self, name: str, content: Any) -> Path:
        """Write a JSON file for a command."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return path


@contextmanager
def temporary_environment() -> Iterator[Environment]:
    """An environment in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield Environment(Path(folder))


def request_log(environment: Mapping[str, str]) -> list[Request]:
    """Second, path and status of each request to the server of `environment` so far."""
    trusted = ssl.create_default_context(cafile=environment["BENCH_TRUSTED"])
    trusted.check_hostname = False
    address = f"https://127.0.0.1:{environment['BENCH_PORT']}{LOG}"
    with urllib.request.urlopen(address, context=trusted) as response:
        return [(moment, path, status) for moment, path, status in json.load(response)]


@dataclass(frozen=True)
class Connector:
    """A console script that implements the Airbyte protocol."""

    name: str
    program: Path
    config: Mapping[str, Any] = field(default_factory=lambda: CONFIG, hash=False)

    def command(self, at: Environment, word: str, **files: Path) -> list[str]:
        """The command line of spec, check, discover or read."""
        options = {} if word == "spec" else {"config": at.write(f"config_{self.name}", self.config), **files}
        return [str(self.program), word, *(part for name, path in options.items() for part in (f"--{name}", str(path)))]

    def read(
        self, at: Environment, environment: Mapping[str, str], streams: Sequence[str], state: Any = None
    ) -> list[str]:
        """The command line that reads these streams, incrementally if supported."""
        found = self.discover(at, environment)
        entries = [_configured(found[name]) for name in streams]
        files = {"catalog": at.write(f"catalog_{self.name}_{len(streams)}_{streams[0]}", {"streams": entries})}
        if state:
            files["state"] = at.write(f"state_{self.name}", state)
        return self.command(at, "read", **files)

    def discover(self, at: Environment, environment: Mapping[str, str]) -> dict[str, Any]:
        """The discovered streams by name, cached in the environment's folder."""
        cache = at.folder / f"discovered_{self.name}.json"
        if not cache.exists():
            process = subprocess.run(
                self.command(at, "discover"),
                cwd=at.folder,
                env={**environment},
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
            (catalog,) = [line for line in map(json.loads, process.stdout.splitlines()) if line["type"] == "CATALOG"]
            cache.write_text(json.dumps(catalog["catalog"]["streams"]))
        return {stream["name"]: stream for stream in json.loads(cache.read_text())}


def _configured(stream: Mapping[str, Any]) -> dict[str, Any]:
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def _line(output: IO[str] | None) -> str:
    return output.readline().strip() if output else ""


def ours() -> Connector:
    """Our connector, with the complete catalog."""
    program = Path(sys.executable).with_name("source-zendesk")
    return Connector("ours", program, {**CONFIG, "catalog": "complete"})


def floor(lists: Sequence[Mapping[str, Any]]) -> list[str]:
    """The command line of the floor, which reads lists with minimal work."""
    return [sys.executable, str(FLOOR), json.dumps(lists)]
