"""What the commands for developers print."""

import os
import sys


def print_whole(text: str) -> None:
    """Print a text to stdout; whoever reads it may have enough after some lines, as `head` has."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would flush once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
