"""The console script `source-zendesk`."""

import argparse
import gc
import logging
import sys
import threading
import warnings
from contextlib import nullcontext

import orjson
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteMessageSerializer,
    Status,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk import secrecy
from source_zendesk.components.requests.retry_wait import is_well_named
from source_zendesk.errors import ConfigError
from source_zendesk.messages.tally import Tally
from source_zendesk.protocol import command_line, files, person, shell
from source_zendesk.protocol.ending import FAILED, ends_when_told, leave, leave_at_once
from source_zendesk.protocol.entrypoint import Entrypoint
from source_zendesk.protocol.printing import write_out
from source_zendesk.protocol.progress import SECONDS_BETWEEN_LINES, Progress
from source_zendesk.source import SourceZendesk

OBJECTS_A_COLLECTION = 50_000


def run(seconds_between_lines: float = SECONDS_BETWEEN_LINES) -> None:
    """Run a command; exits with 1 when it fails, and with 2 when the command line is not understood.

    A read that nobody watches logs how far it is every so many seconds.
    """
    warnings.simplefilter("ignore")
    # What the logger says of a line that it cannot write goes to stderr as it is.
    logging.raiseExceptions = False
    logging.getLogger("airbyte").addFilter(is_well_named)
    if sys.stdout is None:
        # It was closed by who started this; the first file or connection would take its place.
        leave_at_once(FAILED)
    try:
        args = command_line.parsed(sys.argv[1:])
    finally:
        _flush()
    if args.command in shell.COMMANDS:
        shell.run(args)
        return
    _collect_seldom()
    tally = Tally()
    progress = Progress(tally, seconds_between_lines)
    with ends_when_told(progress.close):
        _run(args, tally, progress)


def _collect_seldom() -> None:
    """Pages are large and have no cycles; to look for some at every few hundred objects would take half the time."""
    gc.freeze()
    gc.set_threshold(OBJECTS_A_COLLECTION, 20, 50)


def _flush() -> None:
    """Find out now, rather than when Python ends, that nobody reads the help."""
    try:
        sys.stdout.flush()
    except OSError:
        leave_at_once(FAILED)


def _run(args: argparse.Namespace, tally: Tally, progress: Progress) -> None:
    begun_before = threading.enumerate()
    try:
        given = files.given(args)
        source = SourceZendesk(given.catalog, given.config, given.state, tally)
        write_out(Entrypoint(source, given).run(args), progress if args.command == "read" else nullcontext())
        person.tell_reader(tally.errors)
    except BrokenPipeError:
        leave_at_once(FAILED)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told as a message and without secrets
        _tell(error, args.command, tally)
        leave(0 if args.command == "check" and isinstance(error, ConfigError) else FAILED, begun_before)


def _tell(error: Exception, command: str, tally: Tally) -> None:
    if command == "check" and isinstance(error, ConfigError):
        status = AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        message = AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=status)
    else:
        # Made anew from one that tells already who can mend it, it would be the connector's fault.
        traced = error if isinstance(error, AirbyteTracedException) else AirbyteTracedException.from_exception(error)
        message = traced.as_sanitized_airbyte_message()
        if message.trace and message.trace.error and traced is error:
            message.trace.error.stack_trace = None
    try:
        sys.stdout.write(orjson.dumps(AirbyteMessageSerializer.dump(secrecy.filtered(message))).decode() + "\n")
        sys.stdout.flush()
    except OSError:
        leave_at_once(FAILED)
    tally.see(message)
    person.tell_reader(tally.errors)
    logging.shutdown()


if __name__ == "__main__":
    run()
