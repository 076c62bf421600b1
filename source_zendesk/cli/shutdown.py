"""Shutdown on signals and on a closed stdout."""

import logging
import os
import select
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from source_zendesk.cli.stdout_writer import StdoutWriter

FAILED = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SECONDS_TO_WRITE = 5
SECONDS_FOR_LAST = 2
SECONDS_TO_END = 5


@contextmanager
def handle_shutdown(stdout: StdoutWriter, last: Callable[[], None]) -> Iterator[None]:
    """End at once on SIGTERM, on SIGINT and if the reader closes stdout, even while threads wait.

    Output ends on a complete line, as long as the reader takes it within five seconds, so the last STATE is a valid
    resume point. After that, runs `last`, for at most two seconds. The process ends by the received signal: PyAirbyte,
    which ends a command when it has its answer, reports any other end as a failure.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _watch_stdout(stdout, last)

    is_written = threading.Event()

    def handle(number: int, _: Any) -> None:
        if is_written.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        # The signal may interrupt a write, so another thread waits until its line is complete.
        threading.Thread(target=_finish_line_and_exit, args=(number, stdout, last, is_written), daemon=True).start()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_process(code: int, begun_before: Collection[threading.Thread]) -> NoReturn:
    """End with this code, without waiting for those threads of the command that would never end."""
    for thread in threading.enumerate():
        if thread not in begun_before and not thread.daemon:
            thread.join(SECONDS_TO_END)
            if thread.is_alive():
                exit_immediately(code)
    sys.exit(code)


def exit_immediately(code: int) -> NoReturn:
    """End with this code and say nothing more."""
    os._exit(code)


def _finish_line_and_exit(
    number: int, stdout: StdoutWriter, last: Callable[[], None], is_written: threading.Event
) -> None:
    try:
        stdout.stop(SECONDS_TO_WRITE)
        logging.disable(logging.CRITICAL)
        _run_with_timeout(last)
    finally:
        # The first process of a container is not ended by a signal.
        if os.getpid() != 1:
            is_written.set()
            os.kill(os.getpid(), number)
            time.sleep(SECONDS_TO_END)
        exit_immediately(128 + number)


def _run_with_timeout(last: Callable[[], None]) -> None:
    doing = threading.Thread(target=last, daemon=True)
    doing.start()
    doing.join(SECONDS_FOR_LAST)


def _watch_stdout(stdout: StdoutWriter, last: Callable[[], None]) -> None:
    """Watch a pipe for its reader to go: a thread that has nothing to say would not notice."""
    try:
        kind = os.fstat(stdout.fileno()).st_mode
    except OSError:
        return
    if hasattr(select, "poll") and (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        threading.Thread(target=_exit_when_closed, args=(stdout.fileno(), last), daemon=True).start()


def _exit_when_closed(pipe: int, last: Callable[[], None]) -> None:
    watched = select.poll()
    watched.register(pipe, 0)
    watched.poll()
    _run_with_timeout(last)
    exit_immediately(FAILED)
