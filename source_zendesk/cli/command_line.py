"""The command line and its help."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from airbyte_cdk.entrypoint import AirbyteEntrypoint

PROTOCOL = {
    "spec": "print what a configuration holds",
    "check": "see whether the account can be read with a configuration",
    "discover": "print the streams that there are",
    "read": "print the records and states of the streams in a catalog",
}
EXAMPLE = """example:
  source-zendesk check --config config.json
  source-zendesk catalog --config config.json tickets users > catalog.json
  source-zendesk read --config config.json --catalog catalog.json > messages.jsonl
  source-zendesk state messages.jsonl > state.json
  source-zendesk read --config config.json --catalog catalog.json --state state.json

`source-zendesk COMMAND --help` tells the options of a command.
"""

STDIN = "-"


def parse_command_line(line: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; prints help and the version and exits, with 2 where it is not understood."""
    if line and line[0] in PROTOCOL:
        return AirbyteEntrypoint.parse_args(list(line))
    parser = _parser()
    if not line:
        parser.print_help(sys.stderr)
        parser.exit(2)
    args = parser.parse_args(line)
    if args.command == "catalog" and not args.streams and not args.all:
        parser.error("catalog: name the streams, or give --all; `source-zendesk discover` tells which there are")
    if args.command == "state" and args.messages == STDIN and sys.stdin and sys.stdin.isatty():
        parser.error("state: name the file of what `read` printed, or pipe that in")
    return args


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "source-zendesk",
        description="Reads a Zendesk account over the Airbyte protocol.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('airbyte-source-zendesk')}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, purpose in PROTOCOL.items():
        commands.add_parser(name, help=purpose)
    catalog = commands.add_parser("catalog", help="print a catalog of some streams for `read`")
    catalog.add_argument("--config", required=True, help="the configuration, a JSON file")
    catalog.add_argument("streams", nargs="*", metavar="STREAM", help="the streams to read")
    catalog.add_argument("--all", action="store_true", help="all streams that `discover` offers")
    catalog.add_argument(
        "--full-refresh",
        action="store_true",
        help="read everything on every run; otherwise the changes, where it can be",
    )
    state = commands.add_parser("state", help="print the newest states that a `read` has told, for its `--state`")
    state.add_argument("messages", nargs="?", default=STDIN, help="what `read` printed; `-`, the default, is stdin")
    state.add_argument("--state", help="the state that this `read` went on from; streams without a newer one keep it")
    return parser
