"""The shell commands `catalog` and `state`: their result alone on stdout, everything else on stderr."""

import argparse
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.printable import PrintableFilter
from source_zendesk.protocol import catalog, newest_states, person
from source_zendesk.protocol.ending import FAILED, leave_at_once
from source_zendesk.protocol.renewed_config import RenewedConfig
from source_zendesk.protocol.stdout_writer import StdoutWriter

COMMANDS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "catalog": catalog.lines,
    "state": newest_states.lines,
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
        person.tell([f"source-zendesk {args.command}: {error.message}"])
        sys.exit(FAILED)
    except OSError:
        leave_at_once(FAILED)
    except KeyboardInterrupt:
        leave_at_once(128 + signal.SIGINT)
