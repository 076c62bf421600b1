"""Text output of the commands for developers."""

import os
import sys


def print_text(text: str) -> None:
    """Print a text to stdout; a reader may close the pipe early, as `head` does."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Otherwise Python flushes again at exit and prints a second error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
