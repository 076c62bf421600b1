"""Runs the commands that print no protocol messages."""

import argparse
import contextlib
import logging
import sys
from collections.abc import Callable, Iterator

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.cli import terminal
from source_zendesk.cli.catalog_command import catalog_lines
from source_zendesk.cli.check_command import check_lines
from source_zendesk.cli.renewed_config import RenewedConfig
from source_zendesk.cli.shutdown import FAILED, exit_by_signal_after, exit_immediately
from source_zendesk.cli.state_command import state_lines
from source_zendesk.cli.stdout_writer import StdoutWriter
from source_zendesk.cli.streams_command import stream_lines
from source_zendesk.cli.views_command import view_lines
from source_zendesk.printable import PrintableFilter

COMMANDS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "catalog": catalog_lines,
    "check": check_lines,
    "state": state_lines,
    "streams": stream_lines,
    "views": view_lines,
}


def prints_text(args: argparse.Namespace) -> bool:
    """Whether a command prints text for people; `check` does at a terminal only, and not with `--debug`."""
    if args.command == "check":
        return terminal.is_stdout_terminal() and not args.debug
    return args.command in COMMANDS


def run_command(args: argparse.Namespace, stdout: StdoutWriter) -> None:
    """Run one of the commands; exits with 1 if it fails, and immediately if the reader closes stdout.

    Protocol messages of the CDK are not part of the output. If one contains a new refresh token, it is written to the
    file of `--config`, because the old token is used up.
    """
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s", force=True)
    logging.getLogger().handlers[0].addFilter(PrintableFilter())
    try:
        with (
            exit_by_signal_after(lambda: None),
            RenewedConfig(getattr(args, "config", None)) as messages,
            contextlib.redirect_stdout(messages),
        ):
            lines = list(COMMANDS[args.command](args))
            stdout.write("".join(f"{line}\n" for line in lines))
    except AirbyteTracedException as error:
        terminal.print_to_stderr([f"source-zendesk {args.command}: {error.message}"])
        sys.exit(FAILED)
    except OSError:
        exit_immediately(FAILED)
