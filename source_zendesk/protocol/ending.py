"""How the process ends before its work is done."""

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

from airbyte_cdk.logger import PRINT_BUFFER

FAILED = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SECONDS_TO_WRITE = 2
SECONDS_TO_END = 5


@contextmanager
def ends_when_told(last: Callable[[], None]) -> Iterator[None]:
    """End at once on SIGTERM, on SIGINT and when nobody reads stdout any more, even while threads wait for something.

    Every line that is out is whole. The state that was told last is what the next run goes on from. `last` is done
    before the end, unless it takes too long. Who waits for the process sees that the signal ended it: PyAirbyte, which
    ends a command as soon as it has its answer, takes any other end for a failure.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _watch(sys.__stdout__, last)

    is_written = threading.Event()

    def told(number: int, _: Any) -> None:
        if is_written.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        # A signal may interrupt the writing of a line, so the end comes from a thread that waits until it is written.
        threading.Thread(target=_write_and_leave, args=(number, last, is_written), daemon=True).start()

    before = {number: signal.signal(number, told) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int, begun_before: Collection[threading.Thread]) -> NoReturn:
    """End with this code, without waiting for those threads of the command that would never end."""
    for thread in threading.enumerate():
        if thread not in begun_before and not thread.daemon:
            thread.join(SECONDS_TO_END)
            if thread.is_alive():
                leave_at_once(code)
    sys.exit(code)


def leave_at_once(code: int) -> NoReturn:
    """End with this code and say nothing more."""
    os._exit(code)


def _write_and_leave(number: int, last: Callable[[], None], is_written: threading.Event) -> None:
    _do_in_time(last)
    try:
        if PRINT_BUFFER.lock.acquire(timeout=SECONDS_TO_WRITE):
            PRINT_BUFFER.flush()
    finally:
        # The first process of a container is not ended by a signal.
        if os.getpid() != 1:
            is_written.set()
            os.kill(os.getpid(), number)
            time.sleep(SECONDS_TO_END)
        leave_at_once(128 + number)


def _do_in_time(last: Callable[[], None]) -> None:
    doing = threading.Thread(target=last, daemon=True)
    doing.start()
    doing.join(SECONDS_TO_WRITE)


def _watch(stdout: Any, last: Callable[[], None]) -> None:
    """Watch a pipe for its reader to go: a thread that has nothing to say would not notice."""
    try:
        kind = os.fstat(stdout.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return
    if hasattr(select, "poll") and (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        threading.Thread(target=_leave_when_closed, args=(stdout.fileno(), last), daemon=True).start()


def _leave_when_closed(pipe: int, last: Callable[[], None]) -> None:
    watched = select.poll()
    watched.register(pipe, 0)
    watched.poll()
    _do_in_time(last)
    leave_at_once(FAILED)
