"""The commands for people: JSON on stdout, and in plain words on stderr what is said besides."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Iterator

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.protocol import catalog, newest_states, person
from source_zendesk.protocol.ending import FAILED, leave_at_once

COMMANDS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "catalog": catalog.lines,
    "state": newest_states.lines,
}


def run(args: argparse.Namespace) -> None:
    """Run one of the commands; exits with 1 when it fails, and at once when nobody reads stdout any more."""
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s", force=True)
    try:
        for line in COMMANDS[args.command](args):
            # Two writes: without a buffer, Python does not notice that a closed pipe took a part of the last one.
            sys.stdout.writelines((line, "\n"))
        sys.stdout.flush()
    except AirbyteTracedException as error:
        person.tell([f"source-zendesk {args.command}: {error.message}"])
        sys.exit(FAILED)
    except OSError:
        leave_at_once(FAILED)
    except KeyboardInterrupt:
        leave_at_once(128 + signal.SIGINT)
