"""How messages are written to stdout."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager

from airbyte_cdk.logger import PRINT_BUFFER

BYTES_OF_A_PIPE = 65_536


def write_out(said: Iterable[str | bytes], meanwhile: AbstractContextManager[object]) -> None:
    """Write line by line through the CDK's buffer, which keeps what several threads say apart, but for whole pages.

    Whoever has the buffer's lock finds every line whole. `meanwhile` lasts as long as something is written.
    """
    with PRINT_BUFFER, meanwhile:
        for each in said:
            if isinstance(each, str):
                sys.stdout.write(f"{each}\n")
            else:
                _write_page(each)


def _write_page(lines: bytes) -> None:
    """Behind what was said before, without decoding what would be encoded again."""
    for part in whole_lines(lines):
        with PRINT_BUFFER.lock:
            if PRINT_BUFFER.buffer.tell():
                PRINT_BUFFER.flush()
            stdout = sys.__stdout__.buffer  # type: ignore[union-attr]
            stdout.write(part)
            stdout.flush()


def whole_lines(lines: bytes, most: int = BYTES_OF_A_PIPE) -> Iterator[bytes]:
    """The lines of a page, as many at a time as a pipe takes, and at least one."""
    begin = 0
    while begin < len(lines):
        end = lines.rfind(b"\n", begin, begin + most) + 1 or lines.index(b"\n", begin) + 1
        yield lines[begin:end]
        begin = end
