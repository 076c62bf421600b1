"""The console script `source-zendesk`."""

import argparse
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

from source_zendesk.cli import command_line, commands, terminal
from source_zendesk.cli.command_inputs import load_inputs
from source_zendesk.cli.entrypoint import Entrypoint
from source_zendesk.cli.progress import SECONDS_BETWEEN_LINES, SyncProgress
from source_zendesk.cli.shutdown import FAILED, exit_immediately, exit_process, handle_shutdown
from source_zendesk.cli.stdout_writer import StdoutWriter, stdout_writer, write_messages
from source_zendesk.cli.summary_text import how_to_continue
from source_zendesk.errors import ConfigError
from source_zendesk.http.backoff import drop_cdk_retry_log
from source_zendesk.output import redaction
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.source import SourceZendesk


def run(seconds_between_lines: float = SECONDS_BETWEEN_LINES) -> None:
    """Run a command; exits with 1 if it fails, and with 2 if the command line is not valid.

    Without a terminal, `read` logs its progress every `seconds_between_lines` seconds.
    """
    warnings.simplefilter("ignore")
    # Otherwise the logger prints a failed write to stderr, with secrets.
    logging.raiseExceptions = False
    logging.getLogger("airbyte").addFilter(drop_cdk_retry_log)
    if sys.stdout is None:
        # The parent process closed it; the first opened file or connection would get its descriptor.
        exit_immediately(FAILED)
    with stdout_writer() as stdout:
        try:
            args = command_line.parse_command_line(sys.argv[1:])
        finally:
            _flush(stdout)
        if commands.prints_text(args):
            commands.run_command(args, stdout)
        else:
            _run_protocol(args, stdout, seconds_between_lines)


def _run_protocol(args: argparse.Namespace, stdout: StdoutWriter, seconds_between_lines: float) -> None:
    stats = SyncStats()
    progress = SyncProgress(stats, seconds_between_lines)

    def finish() -> None:
        progress.close()
        if args.command == "read":
            terminal.print_to_terminal([how_to_continue(args)])

    with handle_shutdown(stdout, finish):
        _run(args, stdout, stats, progress)


def _flush(stdout: StdoutWriter) -> None:
    """Exit with 1 if stdout is closed: argparse ignores a failed write of its help."""
    try:
        stdout.flush()
    except OSError:
        exit_immediately(FAILED)


def _run(args: argparse.Namespace, stdout: StdoutWriter, stats: SyncStats, progress: SyncProgress) -> None:
    existing_threads = threading.enumerate()
    try:
        inputs = load_inputs(args)
        source = SourceZendesk(inputs.catalog, inputs.config, inputs.state, stats)
        source.services.files_directory = getattr(args, "files", None)
        context = progress if args.command == "read" else nullcontext()
        lines = Entrypoint(source, inputs).run(args)
        write_messages(stdout, inputs.state_file.wrap(lines, stdout) if inputs.state_file else lines, context)
        terminal.print_to_terminal_or_file(stats.errors)
    except BrokenPipeError:
        exit_immediately(FAILED)
    except Exception as error:  # noqa: BLE001  # every error becomes a message without secrets
        code = FAILED
        try:
            _print_error(error, args.command, stdout, stats)
            code = 0 if args.command == "check" and isinstance(error, ConfigError) else FAILED
        finally:
            exit_process(code, existing_threads)


def _print_error(error: Exception, command: str, stdout: StdoutWriter, stats: SyncStats) -> None:
    message = failed_status(error) if command == "check" else _trace(error)
    redaction.redact(message)
    try:
        stdout.write_bytes(orjson.dumps(AirbyteMessageSerializer.dump(message)) + b"\n")
    except OSError:
        exit_immediately(FAILED)
    stats.observe(message)
    terminal.print_to_terminal_or_file(stats.errors)
    logging.shutdown()


def failed_status(error: Exception) -> AirbyteMessage:
    """The failed status of `check`: the platform shows no other message."""
    text = error.message if isinstance(error, AirbyteTracedException) else f"{type(error).__name__}: {error}"
    status = AirbyteConnectionStatus(status=Status.FAILED, message=text)
    return AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=status)


def _trace(error: Exception) -> AirbyteMessage:
    # `from_exception` would turn a configuration error into an error of the connector.
    traced = error if isinstance(error, AirbyteTracedException) else AirbyteTracedException.from_exception(error)
    message = traced.as_sanitized_airbyte_message()
    if message.trace and message.trace.error and traced is error:
        message.trace.error.stack_trace = None
    return message


if __name__ == "__main__":
    run()
