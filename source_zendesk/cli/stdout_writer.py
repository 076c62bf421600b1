"""The writer of stdout: every byte is written, or the write raises."""

import array
import errno
import io
import logging
import os
import select
import stat
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from airbyte_cdk.logger import PRINT_BUFFER

from source_zendesk.json_values import replace_surrogates
from source_zendesk.printable import PrintableFilter

if sys.platform == "linux":
    import fcntl
    import termios

CHUNK_BYTES = 16 * 1024
# How often a blocked write checks for a shutdown.
POLL_MILLISECONDS = 200


class StdoutWriter(io.TextIOBase):
    """Writes every byte or raises `OSError`, also if the descriptor is non-blocking.

    The system may write only a part of the bytes: into a pipe, on a signal, without blocking. Text is UTF-8; an
    unpaired surrogate becomes U+FFFD. Thread-safe: writes of several threads are not interleaved within a line.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._is_stopping = False
        self._failure: OSError | None = None
        self._pending = threading.local()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of text."""
        return "utf-8"

    def fileno(self) -> int:
        """The descriptor of the output."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether the output is a terminal."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Always true."""
        return True

    def write(self, text: str) -> int:
        """Write the complete lines of a text; the rest is buffered until the next write of the thread."""
        pending = getattr(self._pending, "text", "") + text
        lines, line_break, self._pending.text = pending.rpartition("\n")
        if line_break:
            self.write_bytes(encode(lines + line_break))
        return len(text)

    def flush(self) -> None:
        """Write the buffered rest; raises the `OSError` of an earlier write that failed, even if it was caught."""
        pending, self._pending.text = getattr(self._pending, "text", ""), ""
        if pending:
            self.write_bytes(encode(pending))
        if self._failure:
            raise self._failure

    def write_bytes(self, data: bytes) -> None:
        """Write bytes; after `stop`, completes the current line and blocks the calling thread."""
        with self._lock:
            if self._failure:
                # A log handler may have ignored it; nothing may follow a truncated line.
                raise self._failure
            position = 0
            while position < len(data) and not self._ends_at(data, position):
                position += self._write_chunk(memoryview(data)[position : position + CHUNK_BYTES])
        if self._is_stopping:
            # The process is about to exit: the caller must not act as if its bytes were written.
            threading.Event().wait()

    def drain(self) -> None:
        """Return when the output is durable: a file is on disk, and the reader of a pipe has taken all bytes.

        Raises `OSError` if the reader closed the pipe. Other kinds of output are not waited for.
        """
        mode = os.fstat(self._descriptor).st_mode
        if stat.S_ISREG(mode):
            os.fsync(self._descriptor)
        elif stat.S_ISFIFO(mode):
            wait_until_read(self._descriptor)

    def stop(self, seconds: float) -> None:
        """End the current write after its line and allow no other; waits at most `seconds` for it."""
        self._is_stopping = True
        self._lock.acquire(timeout=seconds)

    def _ends_at(self, data: bytes, position: int) -> bool:
        """Whether a shutdown ends the write at this position: between two lines."""
        return self._is_stopping and (position == 0 or data[position - 1 : position] == b"\n")

    def _write_chunk(self, chunk: memoryview) -> int:
        if self._is_stopping:
            chunk = chunk[: bytes(chunk).find(b"\n") + 1 or len(chunk)]
        try:
            return os.write(self._descriptor, chunk)
        except BlockingIOError:
            self._wait_until_writable()
            return 0
        except OSError as error:
            self._failure = error
            raise

    def _wait_until_writable(self) -> None:
        if hasattr(select, "poll"):
            poller = select.poll()
            poller.register(self._descriptor, select.POLLOUT)
            poller.poll(POLL_MILLISECONDS)
        else:
            time.sleep(POLL_MILLISECONDS / 1000)


def wait_until_read(pipe: int) -> None:
    """Return when the reader has taken all bytes out of a pipe; raises `BrokenPipeError` if it closed the pipe before.

    Only Linux counts the bytes at the writing end; elsewhere there is no wait.
    """
    if sys.platform != "linux":
        return
    poller, wait, unread = select.poll(), 1, array.array("i", [0])
    poller.register(pipe, 0)
    while fcntl.ioctl(pipe, termios.FIONREAD, unread) == 0 and unread[0]:
        if poller.poll(wait):
            raise BrokenPipeError(errno.EPIPE, "the reader closed the pipe before it had read all of it")
        wait = min(2 * wait, POLL_MILLISECONDS)


def encode(text: str) -> bytes:
    """UTF-8, with unpaired surrogates replaced."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return replace_surrogates(text).encode()


@contextmanager
def stdout_writer() -> Iterator[StdoutWriter]:
    """A context in which a `StdoutWriter` is the stdout of the process, also for log messages and the CDK."""
    sys.stdout.flush()
    before, writer = (sys.stdout, sys.__stdout__), StdoutWriter(sys.stdout.fileno())
    handlers = logging.getLogger().handlers
    cdk_handlers = [
        each for each in handlers if isinstance(each, logging.StreamHandler) and each.stream is PRINT_BUFFER
    ]
    printable = PrintableFilter()
    sys.stdout = sys.__stdout__ = writer  # type: ignore[assignment,misc]  # it has every method that is used
    for handler in cdk_handlers:
        handler.setStream(writer)
        handler.addFilter(printable)
    try:
        yield writer
    finally:
        sys.stdout, sys.__stdout__ = before  # type: ignore[misc]
        for handler in cdk_handlers:
            handler.setStream(PRINT_BUFFER)
            handler.removeFilter(printable)


def write_messages(
    stdout: StdoutWriter, messages: Iterable[str | bytes], context: AbstractContextManager[object]
) -> None:
    """Write lines, to which a line break is added, and pages of lines, all inside `context`."""
    with context:
        for message in messages:
            stdout.write_bytes(encode(message) + b"\n" if isinstance(message, str) else message)
