"""Text on stderr for users."""

import os
import stat
import sys
from collections.abc import Iterable
from typing import TextIO

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.printable import printable_line


def is_live_view_possible() -> bool:
    """Whether stderr is a terminal that can redraw lines and stdout is not a terminal."""
    return _is_terminal(sys.__stderr__) and not _is_terminal(sys.__stdout__) and os.environ.get("TERM") != "dumb"


def is_stdout_terminal() -> bool:
    """Whether a person reads stdout."""
    return _is_terminal(sys.__stdout__)


def print_to_terminal(lines: Iterable[str]) -> None:
    """Print lines on stderr if it is a terminal; without one, users read the log."""
    if _is_terminal(sys.__stderr__):
        print_to_stderr(lines)


def print_to_terminal_or_file(lines: Iterable[str]) -> None:
    """Print lines on stderr if it is a terminal, or a file other than that of stdout.

    A program that reads stderr through a pipe finds the same text on stdout.
    """
    if _is_terminal(sys.__stderr__) or _is_separate_file(sys.__stderr__, sys.__stdout__):
        print_to_stderr(lines)


def print_to_stderr(lines: Iterable[str]) -> None:
    """Print lines on stderr, with secrets redacted; without stderr, print nothing: `print` would use stdout."""
    if sys.__stderr__ is None:
        return
    try:
        for line in lines:
            print(printable_line(filter_secrets(line)), file=sys.__stderr__, flush=True)  # stderr belongs to the user
    except (OSError, ValueError):
        return


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _is_separate_file(stderr: TextIO | None, stdout: TextIO | None) -> bool:
    try:
        err = os.fstat(stderr.fileno()) if stderr else None
        out = os.fstat(stdout.fileno()) if stdout else None
    except (OSError, ValueError):
        return False
    return err is not None and stat.S_ISREG(err.st_mode) and not (out and os.path.samestat(err, out))
