"""The shell commands `catalog` and `state`."""

import argparse
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.cli import catalog_command as catalog
from source_zendesk.cli import state_command as newest_states
from source_zendesk.cli import terminal
from source_zendesk.cli.renewed_config import RenewedConfig
from source_zendesk.cli.shutdown import FAILED, exit_immediately
from source_zendesk.cli.stdout_writer import StdoutWriter
from source_zendesk.printable import PrintableFilter

COMMANDS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "catalog": catalog.catalog_lines,
    "state": newest_states.state_lines,
}


def run(args: argparse.Namespace, stdout: StdoutWriter) -> None:
    """Run one of the commands; exits with 1 when it fails, and at once if the reader closes stdout.

    What the CDK prints meanwhile are protocol messages: they are kept out of the result. A renewed refresh token among
    them is written to the file of `--config`, since the one in it is spent.
    """
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s", force=True)
    logging.getLogger().handlers[0].addFilter(PrintableFilter())
    try:
        with RenewedConfig(getattr(args, "config", None)) as printed, contextlib.redirect_stdout(printed):
            lines = list(COMMANDS[args.command](args))
        stdout.write("".join(f"{line}\n" for line in lines))
    except AirbyteTracedException as error:
        terminal.print_to_stderr([f"source-zendesk {args.command}: {error.message}"])
        sys.exit(FAILED)
    except OSError:
        exit_immediately(FAILED)
    except KeyboardInterrupt:
        exit_immediately(128 + signal.SIGINT)
