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
from source_zendesk.http.token_exchange import token_exchanges

FAILED = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SECONDS_FOR_TOKEN = 5
SECONDS_TO_WRITE = 5
SECONDS_BEFORE_EXIT = 2
SECONDS_TO_END = 5
SECONDS_BETWEEN_SIGNALS = 0.1


@contextmanager
def handle_shutdown(stdout: StdoutWriter, before_exit: Callable[[], None]) -> Iterator[None]:
    """Exit on SIGTERM, SIGINT, SIGHUP and if the reader closes stdout, even while threads wait.

    Output ends on a complete line if the reader accepts it within five seconds, so the last STATE is a valid resume
    point. Then `before_exit` runs, for at most two seconds.
    """
    if threading.current_thread() is threading.main_thread():
        _watch_stdout(stdout, before_exit)
    with exit_by_signal_after(lambda: _finish_output(stdout, before_exit)):
        yield


@contextmanager
def exit_by_signal_after(finish: Callable[[], None]) -> Iterator[None]:
    """On a signal, run `finish` and exit by that signal, even while threads wait.

    PyAirbyte terminates a command after its result, and reports any other exit as a failure. The exchange of a refresh
    token may end first, for at most five seconds: its response contains the only token for the next run.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_written = threading.Event()

    def handle(number: int, _: Any) -> None:
        if is_written.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        # The signal may interrupt a write, so another thread waits until its line is complete.
        threading.Thread(target=_finish_and_exit, args=(number, finish, is_written), daemon=True).start()

    before = {number: signal.signal(number, handle) for number in _signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_process(code: int, existing_threads: Collection[threading.Thread]) -> NoReturn:
    """Exit with this code; waits for each thread of the command for a few seconds, then abandons it."""
    for thread in threading.enumerate():
        if thread not in existing_threads and not thread.daemon:
            thread.join(SECONDS_TO_END)
            if thread.is_alive():
                exit_immediately(code)
    sys.exit(code)


def exit_immediately(code: int) -> NoReturn:
    """Exit with this code, without output and without cleanup."""
    os._exit(code)


def _signals() -> tuple[signal.Signals, ...]:
    """The signals that end a command, SIGHUP included unless `nohup` ignores it."""
    hangup = getattr(signal, "SIGHUP", None)
    return SIGNALS if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN else (*SIGNALS, hangup)


def _finish_output(stdout: StdoutWriter, before_exit: Callable[[], None]) -> None:
    stdout.stop(SECONDS_TO_WRITE)
    logging.disable(logging.CRITICAL)
    _run_with_timeout(before_exit)


def _finish_and_exit(number: int, finish: Callable[[], None], is_written: threading.Event) -> None:
    try:
        token_exchanges.stop(SECONDS_FOR_TOKEN)
        finish()
    finally:
        # Signals do not end the first process of a container.
        if os.getpid() != 1:
            is_written.set()
            # Python does not run the handler if the signal arrives just before the main thread blocks.
            for _ in range(round(SECONDS_TO_END / SECONDS_BETWEEN_SIGNALS)):
                _signal_main_thread(number)
                time.sleep(SECONDS_BETWEEN_SIGNALS)
        exit_immediately(128 + number)


def _signal_main_thread(number: int) -> None:
    """Interrupt the main thread, which runs the handler; another thread may receive a signal to the process."""
    main_thread = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main_thread is not None:
        signal.pthread_kill(main_thread, number)
    else:
        os.kill(os.getpid(), number)


def _run_with_timeout(before_exit: Callable[[], None]) -> None:
    thread = threading.Thread(target=before_exit, daemon=True)
    thread.start()
    thread.join(SECONDS_BEFORE_EXIT)


def _watch_stdout(stdout: StdoutWriter, before_exit: Callable[[], None]) -> None:
    """Exit when the reader closes the pipe: a connector that waits for Zendesk writes nothing, so no write fails."""
    try:
        mode = os.fstat(stdout.fileno()).st_mode
    except OSError:
        return
    if hasattr(select, "poll") and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        threading.Thread(target=_exit_when_closed, args=(stdout.fileno(), before_exit), daemon=True).start()


def _exit_when_closed(pipe: int, before_exit: Callable[[], None]) -> None:
    poller = select.poll()
    poller.register(pipe, 0)
    poller.poll()
    _run_with_timeout(before_exit)
    exit_immediately(FAILED)
