"""The command line and its help."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from airbyte_cdk.entrypoint import AirbyteEntrypoint

PROTOCOL = {
    "spec": "print the specification of the configuration",
    "check": "check a configuration and the access to the account",
    "discover": "list the available streams",
    "read": "print the records and states of the streams in a catalog",
}
EXAMPLE = """example:
  source-zendesk streams ticket
  source-zendesk check --config config.json
  source-zendesk catalog --config config.json tickets users > catalog.json
  source-zendesk read --config config.json --catalog catalog.json > messages.jsonl
  source-zendesk state messages.jsonl > state.json
  source-zendesk read --config config.json --catalog catalog.json --state state.json

`source-zendesk COMMAND --help` lists the options of a command.
"""

STDIN = "-"


def parse_command_line(line: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; prints help or the version and exits, with 2 if the command line is not valid."""
    if line and line[0] in PROTOCOL:
        return AirbyteEntrypoint.parse_args(list(line))
    parser = _parser()
    if not line:
        parser.print_help(sys.stderr)
        parser.exit(2)
    args = parser.parse_args(line)
    if args.command == "catalog" and not args.streams and not args.all:
        parser.error("catalog: name streams or set --all; `source-zendesk streams` lists them")
    if args.command == "state" and args.messages == STDIN and sys.stdin and sys.stdin.isatty():
        parser.error("state: name a file with the output of `read`, or pipe the output in")
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
    streams = commands.add_parser("streams", help="list the streams with their content and cost, without an account")
    streams.add_argument(
        "pattern",
        nargs="?",
        default="",
        metavar="PATTERN",
        help="the name of a stream, which is shown in full; or the start of a word in names or descriptions; or a "
        "pattern such as '*_events'",
    )
    catalog = commands.add_parser("catalog", help="print a catalog for `read`")
    catalog.add_argument("--config", required=True, help="the configuration, a JSON file")
    catalog.add_argument("streams", nargs="*", metavar="STREAM", help="the streams to read")
    catalog.add_argument("--all", action="store_true", help="every stream that `discover` lists")
    catalog.add_argument(
        "--full-refresh",
        action="store_true",
        help="full refresh for every stream; otherwise incremental if the stream supports it",
    )
    state = commands.add_parser("state", help="print the latest state of each stream, for `read --state`")
    state.add_argument(
        "messages", nargs="?", default=STDIN, help="a file with the output of `read`; `-`, the default, is stdin"
    )
    state.add_argument("--state", help="the state that this `read` resumed from; kept for streams without a newer one")
    return parser
