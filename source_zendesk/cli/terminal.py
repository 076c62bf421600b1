"""Text on stderr for people."""

import os
import stat
import sys
from collections.abc import Iterable
from typing import TextIO

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.printable import printable_line


def is_live_view_possible() -> bool:
    """Whether stderr is a terminal that can redraw a line, and stdout is not on it as well."""
    return _is_terminal(sys.__stderr__) and not _is_terminal(sys.__stdout__) and os.environ.get("TERM") != "dumb"


def print_to_terminal(lines: Iterable[str]) -> None:
    """Say something on stderr where it is a terminal; whoever else there is reads the log."""
    if _is_terminal(sys.__stderr__):
        print_to_stderr(lines)


def print_to_terminal_or_file(lines: Iterable[str]) -> None:
    """Say something on stderr where it is a terminal, or a file that does not get stdout too.

    A pipe is read by a program, which finds all of it on stdout.
    """
    if _is_terminal(sys.__stderr__) or _is_separate_file(sys.__stderr__, sys.__stdout__):
        print_to_stderr(lines)


def print_to_stderr(lines: Iterable[str]) -> None:
    """Say something on stderr, without secrets."""
    try:
        for line in lines:
            print(printable_line(filter_secrets(line)), file=sys.__stderr__, flush=True)  # for people
    except (OSError, ValueError):
        return


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _is_separate_file(stderr: TextIO | None, stdout: TextIO | None) -> bool:
    try:
        told = os.fstat(stderr.fileno()) if stderr else None
        said = os.fstat(stdout.fileno()) if stdout else None
    except (OSError, ValueError):
        return False
    return told is not None and stat.S_ISREG(told.st_mode) and not (said and os.path.samestat(told, said))
