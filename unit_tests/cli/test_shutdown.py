"""A signal or a closed stdout finishes the output and ends the process, whatever its threads wait for."""

import logging
import os
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest

from source_zendesk.cli import shutdown
from source_zendesk.cli.stdout_writer import StdoutWriter
from source_zendesk.http.token_exchange import TokenExchanges

PATIENCE = 30
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@dataclass
class Process:
    """Records how the process would end, instead of ending it; with `survives`, no signal ends it."""

    pid: int = 4711
    survives: bool = False
    events: list[str] = field(default_factory=list)
    exchange: TokenExchanges = field(default_factory=TokenExchanges)
    killed: threading.Event = field(default_factory=threading.Event)
    ends: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def exit(self, code: int) -> None:
        self.ends.put(f"code {code}")
        if threading.current_thread() is threading.main_thread():
            raise SystemExit

    def kill(self, pid: int, number: int) -> None:
        assert pid == self.pid
        assert signal.getsignal(number) is signal.SIG_DFL
        if not self.survives:
            self.ends.put(signal.Signals(number).name)
            self.killed.set()

    def sleep(self, seconds: float) -> None:
        if self.killed.wait(seconds):
            raise SystemExit

    def finish(self) -> None:
        self.events.append("finished")

    def end_on(self, number: int) -> str:
        """How the process ends after this signal."""
        signal.raise_signal(number)
        return self.wait()

    def wait(self) -> str:
        """How the process ends; the thread that ends it would signal a later test."""
        end = self.ends.get(timeout=PATIENCE)
        for thread in threading.enumerate():
            if "_finish_and_exit" in thread.name:
                thread.join()
        return end


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    made = Process()
    monkeypatch.setattr(os, "_exit", made.exit)
    monkeypatch.setattr(os, "kill", made.kill)
    monkeypatch.setattr(os, "getpid", lambda: made.pid)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(shutdown, "token_exchanges", made.exchange)
    monkeypatch.setattr(shutdown, "time", made)
    monkeypatch.setattr(shutdown, "SECONDS_TO_END", PATIENCE)
    monkeypatch.setattr(shutdown, "SECONDS_BEFORE_EXIT", PATIENCE)
    yield made
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_finishes_and_ends_the_process_by_the_same_signal(number: signal.Signals, process: Process) -> None:
    with shutdown.exit_by_signal_after(process.finish):
        assert process.end_on(number) == number.name
    assert process.events == ["finished"]


def test_a_process_that_the_signal_does_not_end_exits_by_itself(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.survives = True
    monkeypatch.setattr(shutdown, "SECONDS_TO_END", shutdown.SECONDS_BETWEEN_SIGNALS)
    with shutdown.exit_by_signal_after(process.finish):
        assert process.end_on(signal.SIGTERM) == "code 143"


def test_a_signal_that_the_main_thread_misses_is_sent_again(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    send, missed = signal.pthread_kill, [1]
    monkeypatch.setattr(signal, "pthread_kill", lambda *signalled: missed.pop() if missed else send(*signalled))
    with shutdown.exit_by_signal_after(process.finish):
        assert process.end_on(signal.SIGTERM) == "SIGTERM"


def test_the_first_process_of_a_container_exits_by_itself(process: Process) -> None:
    process.pid = 1
    with shutdown.exit_by_signal_after(process.finish):
        assert process.end_on(signal.SIGTERM) == "code 143"
    assert process.events == ["finished"]


def test_a_failure_while_finishing_ends_the_process(process: Process) -> None:
    with shutdown.exit_by_signal_after(list[None]().pop):
        assert process.end_on(signal.SIGTERM) == "SIGTERM"


def test_the_exchange_of_a_refresh_token_ends_before_the_process(process: Process) -> None:
    process.exchange.begin()
    with shutdown.exit_by_signal_after(process.finish):
        signal.raise_signal(signal.SIGTERM)
        process.events.append("exchanged")
        process.exchange.end()
        assert process.wait() == "SIGTERM"
    assert process.events == ["exchanged", "finished"]


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in SIGNALS]


def test_the_handlers_of_the_caller_are_restored(process: Process) -> None:
    before = handlers()
    with shutdown.exit_by_signal_after(process.finish):
        assert not set(handlers()) & {*before}
    assert handlers() == before


def test_a_hangup_that_nohup_ignores_stays_ignored(process: Process) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with shutdown.exit_by_signal_after(process.finish):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_set_no_handlers(process: Process) -> None:
    before, during = handlers(), list[object]()

    def run() -> None:
        with shutdown.exit_by_signal_after(process.finish):
            during.extend(handlers())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert during == before


@dataclass
class Pipe:
    """A stdout with a reader."""

    reader: BinaryIO
    stdout: StdoutWriter

    def read(self) -> bytes:
        os.set_blocking(self.reader.fileno(), False)
        return self.reader.read()


@pytest.fixture
def pipe(process: Process, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:  # noqa: ARG001  # ends after the pipe
    """A stdout whose reader is closed at the end, which ends the thread that watches it."""
    before = threading.enumerate()
    descriptor, writer = os.pipe()
    with os.fdopen(descriptor, "rb") as reader:
        yield Pipe(reader, StdoutWriter(writer))
    monkeypatch.setattr(shutdown, "SECONDS_BEFORE_EXIT", 0)
    for thread in threading.enumerate():
        if thread not in before and "_exit_when_closed" in thread.name:
            thread.join()
    os.close(writer)


def test_no_line_follows_the_last_one_after_a_signal(process: Process, pipe: Pipe) -> None:
    pipe.stdout.write("state\n")

    def write_more() -> None:
        process.finish()
        threading.Thread(target=pipe.stdout.write, args=("record\n",), daemon=True).start()

    with shutdown.handle_shutdown(pipe.stdout, write_more):
        assert process.end_on(signal.SIGTERM) == "SIGTERM"
    assert pipe.read() == b"state\n"
    assert process.events == ["finished"]


def never_end() -> None:
    threading.Event().wait()


@pytest.mark.parametrize("closes", [True, False], ids=["closed stdout", "signal"])
def test_the_process_ends_although_its_last_steps_do_not(
    process: Process, pipe: Pipe, monkeypatch: pytest.MonkeyPatch, *, closes: bool
) -> None:
    monkeypatch.setattr(shutdown, "SECONDS_BEFORE_EXIT", 0)
    with shutdown.handle_shutdown(pipe.stdout, never_end):
        if closes:
            pipe.reader.close()
            assert process.ends.get(timeout=PATIENCE) == "code 1"
        else:
            assert process.end_on(signal.SIGTERM) == "SIGTERM"


def test_a_closed_stdout_ends_the_process_after_its_last_steps(process: Process, pipe: Pipe) -> None:
    with shutdown.handle_shutdown(pipe.stdout, process.finish):
        pipe.reader.close()
        assert process.ends.get(timeout=PATIENCE) == "code 1"
    assert process.events == ["finished"]


def test_a_stdout_that_is_no_pipe_is_not_watched(process: Process) -> None:
    threads = threading.active_count()
    for path in (os.devnull, __file__):
        with open(path, "rb") as file, shutdown.handle_shutdown(StdoutWriter(file.fileno()), process.finish):  # noqa: PTH123
            assert threading.active_count() == threads
    with shutdown.handle_shutdown(StdoutWriter(10_000), process.finish):
        assert threading.active_count() == threads


class Worker(threading.Thread):
    """Works until it is released, or joined if that `releases` it."""

    def __init__(self, *, releases: bool = False, daemon: bool = False) -> None:
        super().__init__(daemon=daemon)
        self.released, self._releases, self.is_joined = threading.Event(), releases, False
        self.start()

    def run(self) -> None:
        self.released.wait(PATIENCE)

    def join(self, timeout: float | None = None) -> None:
        self.is_joined = True
        if self._releases:
            self.released.set()
        super().join(timeout)


def test_an_exit_waits_for_the_threads_of_the_command_only(process: Process) -> None:
    caller, before = Worker(), threading.enumerate()
    workers = [Worker(releases=True), Worker(releases=True), Worker(daemon=True)]
    with pytest.raises(SystemExit) as ended:
        shutdown.exit_process(3, [*before, caller])
    assert (ended.value.code, process.ends.empty()) == (3, True)
    assert [worker.is_joined for worker in (caller, *workers)] == [False, True, True, False]
    for worker in (caller, *workers):
        worker.released.set()


def test_an_exit_abandons_a_thread_that_does_not_end(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutdown, "SECONDS_TO_END", 0)
    before, worker = threading.enumerate(), Worker()
    with pytest.raises(SystemExit):
        shutdown.exit_process(3, before)
    worker.released.set()
    assert process.ends.get_nowait() == "code 3"
