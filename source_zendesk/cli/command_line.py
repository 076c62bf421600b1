"""The command line and its help."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import TypeAlias

from source_zendesk.cli.sql_dialects import DIALECTS

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
  source-zendesk read --config config.json --catalog catalog.json --state-file state.json > messages.jsonl

`source-zendesk COMMAND --help` lists the options of a command.
"""

STDIN = "-"
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parse_command_line(line: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; prints help or the version and exits, with 2 if the command line is not valid."""
    parser = _parser()
    if not line:
        parser.print_help(sys.stderr)
        parser.exit(2)
    args = parser.parse_args(line)
    if args.command == "catalog" and not args.streams and not args.files and not args.all:
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
        _add_protocol_options(
            name, commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        )
    _add_streams_command(commands)
    _add_catalog_command(commands)
    _add_state_command(commands)
    _add_views_command(commands)
    return parser


def _add_protocol_options(command: str, parser: argparse.ArgumentParser) -> None:
    """The options of the CDK's own command line, and those of this connector."""
    parser.add_argument("--debug", action="store_true", help="log more")
    if command == "spec":
        return
    parser.add_argument("--config", required=True, help="the configuration, a JSON file")
    for unused in ("--manifest-path", "--components-path"):
        parser.add_argument(unused, help=argparse.SUPPRESS)
    if command == "read":
        parser.add_argument("--catalog", required=True, help="the streams to read, as `catalog` prints them")
        parser.add_argument("--state", help="the state to resume from, as `state` prints it")
        parser.add_argument(
            "--state-file",
            help="the same, and the file to store each new state in; if it does not exist, everything is read",
        )
        parser.add_argument(
            "--files",
            metavar="DIR",
            help="the directory to store files in, by stream and id; files that are complete are not read again",
        )


def _add_streams_command(commands: Commands) -> None:
    streams = commands.add_parser("streams", help="list the streams with their content and cost, without an account")
    streams.add_argument(
        "pattern",
        nargs="?",
        default="",
        metavar="PATTERN",
        help="the name of a stream, which is shown in full; a product such as chat; the start of a word in names, or "
        "else in descriptions; or a pattern such as '*_events'",
    )


def _add_catalog_command(commands: Commands) -> None:
    catalog = commands.add_parser("catalog", help="print a catalog for `read`")
    catalog.add_argument("--config", required=True, help="the configuration, a JSON file")
    catalog.add_argument("streams", nargs="*", metavar="STREAM", help="the streams to read")
    catalog.add_argument("--all", action="store_true", help="every stream that `discover` lists")
    catalog.add_argument(
        "--full-refresh",
        action="store_true",
        help="full refresh for every stream; otherwise incremental if the stream supports it",
    )
    catalog.add_argument(
        "--files",
        nargs="+",
        default=[],
        metavar="STREAM",
        help="the streams to read with the files of their records, for `read --files`",
    )


def _add_state_command(commands: Commands) -> None:
    state = commands.add_parser("state", help="print the latest state of each stream, for `read --state`")
    state.add_argument(
        "messages", nargs="?", default=STDIN, help="a file with the output of `read`; `-`, the default, is stdin"
    )
    state.add_argument("--state", help="the state that this `read` resumed from; kept for streams without a newer one")


def _add_views_command(commands: Commands) -> None:
    views = commands.add_parser(
        "views", help="print SQL of views that name the columns of custom fields by their titles"
    )
    views.add_argument("--catalog", required=True, help="a catalog with `custom_fields` set to `columns`")
    views.add_argument("--dialect", required=True, choices=list(DIALECTS), help="the SQL dialect of the destination")
    views.add_argument("--schema", help="the schema or dataset of the tables; by default, that of the session")
