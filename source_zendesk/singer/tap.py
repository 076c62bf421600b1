"""The command `tap-zendesk`: runs the connector as a subprocess and converts its messages."""

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from source_zendesk.singer.catalog import Json, SelectedStream, selected_streams, singer_catalog
from source_zendesk.singer.messages import SingerWriter, parse_messages, saved_states

PACKAGE = "airbyte-source-zendesk"
CONNECTOR = [sys.executable, "-m", "source_zendesk"]


def main() -> None:
    """Run the tap; exits with the code of the connector."""
    args = _parser().parse_args()
    try:
        sys.exit(_discover(args.config) if args.discover else _sync(args))
    except BrokenPipeError:
        sys.exit("the target closed its input before the sync ended")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tap-zendesk", description="Zendesk as a Singer tap. Meltano runs it.")
    parser.add_argument("--version", action="version", version=f"tap-zendesk {version(PACKAGE)}")
    parser.add_argument("--config", type=Path, required=True, help="the configuration of source-zendesk")
    parser.add_argument("--discover", action="store_true", help="print the catalog")
    parser.add_argument("--catalog", "--properties", type=Path, help="a catalog with the selected streams; default all")
    parser.add_argument("--state", type=Path, help="the state to resume from")
    return parser


def _discover(config: Path) -> int:
    code, streams = _discovered(config)
    if not code:
        sys.stdout.buffer.write(orjson.dumps(singer_catalog(streams), option=orjson.OPT_INDENT_2))
        sys.stdout.buffer.flush()
    return code


def _discovered(config: Path) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of `discover`, and its streams."""
    writer = SingerWriter([], [], sys.stdout.buffer, sys.stderr.buffer)
    streams: list[dict[str, Any]] = []
    with subprocess.Popen([*CONNECTOR, "discover", "--config", str(config)], stdout=subprocess.PIPE) as connector:
        for message in parse_messages(connector.stdout or ()):
            writer.write(message)
            streams += message["catalog"]["streams"] if message["type"] == "CATALOG" else []
    return connector.returncode, streams


def _sync(args: argparse.Namespace) -> int:
    if args.catalog:
        catalog = _load(args.catalog)
    else:
        code, streams = _discovered(args.config)
        if code:
            return code
        catalog = singer_catalog(streams)
    selected = selected_streams(catalog)
    if not selected:
        sys.stderr.write("WARN the catalog selects no stream\n")
        return 0
    return _read(args.config, selected, saved_states(_load(args.state)) if args.state else [])


def _read(config: Path, streams: Sequence[SelectedStream], states: list[Json]) -> int:
    writer = SingerWriter(streams, states, sys.stdout.buffer, sys.stderr.buffer)
    writer.write_schemas(streams)
    with tempfile.TemporaryDirectory() as folder:
        catalog = _dump(folder, "catalog", {"streams": [stream.configured() for stream in streams]})
        line = [*CONNECTOR, "read", "--config", str(config), "--catalog", catalog]
        line += ["--state", _dump(folder, "state", states)] if states else []
        with subprocess.Popen(line, stdout=subprocess.PIPE) as connector:
            _forward_signals(connector)
            try:
                for message in parse_messages(connector.stdout or ()):
                    writer.write(message)
                writer.close()
            except BaseException:
                connector.terminate()
                raise
    # A signal that ended the connector is reported as a shell does.
    return connector.returncode if connector.returncode >= 0 else 128 - connector.returncode


def _forward_signals(connector: "subprocess.Popen[bytes]") -> None:
    """On a signal, end the connector; its output ends on a state, which is then written."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: connector.terminate())


def _load(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def _dump(folder: str, name: str, content: Any) -> str:
    path = Path(folder) / f"{name}.json"
    path.write_bytes(orjson.dumps(content))
    return str(path)
