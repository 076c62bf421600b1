"""The threads of a sync: as many tasks run at the same time as use up the rate limits."""

import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

# Before the first response, and for an account whose responses have no rate limit.
DEFAULT_TASKS = 8
# One task works while the other waits for Zendesk.
MIN_TASKS = 2
# More than 2,500 requests a minute of a second each need, besides the tasks that wait for scarce limits.
MAX_TASKS = 80
# The time between two requests of a task is longer than the latency. A higher rate only uses the limit up sooner.
HEAD_START = 1.25


class AdaptiveExecutor(ThreadPoolExecutor):
    """Runs tasks in the order of their submission, as many at the same time as `adapt` determines, or a fixed number.

    A task reads a partition or lists the partitions of a stream, with one request in flight at most. It is not paused
    once it runs: the pages of a list depend on one another, so a pause would delay the end of the list. Thread-safe.
    """

    def __init__(self, fixed: int | None = None) -> None:
        super().__init__(fixed or MAX_TASKS, thread_name_prefix="workerpool")
        self._is_fixed, self._limit, self._running = fixed is not None, fixed or DEFAULT_TASKS, 0
        self._waiting: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._lock, self._current = threading.RLock(), threading.local()

    def submit(self, task: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Run a task as soon as its turn comes."""
        future: Future[Any] = Future()
        with self._lock:
            self._waiting.append((future, task, args))
            self._start_due()
        return future

    def adapt(self, requests_in_flight: float | None) -> None:
        """Run as many tasks as keep this many requests in flight on average; None if the rate limit is not known."""
        if not self._is_fixed:
            tasks = DEFAULT_TASKS if requests_in_flight is None else math.ceil(requests_in_flight * HEAD_START)
            with self._lock:
                self._limit = min(max(tasks, MIN_TASKS), MAX_TASKS)
                self._start_due()

    @property
    def current_stream(self) -> str:
        """The stream for which this thread works; empty outside a task."""
        return str(getattr(self._current, "stream", ""))

    def discount(self) -> None:
        """Do not count the task of this thread any more, because it ends or waits for a scarce limit."""
        with self._lock:
            self._running -= getattr(self._current, "is_counted", False)
            self._current.is_counted = False
            self._start_due()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Start no further task if `cancel_futures`; see `ThreadPoolExecutor`."""
        with self._lock:
            if cancel_futures:
                self._waiting.clear()
            super().shutdown(wait=False, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)

    def _start_due(self) -> None:
        while self._waiting and self._running < self._limit:
            self._running += 1
            super().submit(self._run, *self._waiting.popleft())

    def _run(self, future: Future[Any], task: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._current.is_counted, self._current.stream = True, _stream_of(args)
        try:
            future.set_result(task(*args))
        except BaseException as error:  # noqa: BLE001  # the future raises it
            future.set_exception(error)
        finally:
            self.discount()


def _stream_of(args: tuple[Any, ...]) -> str:
    """The name of the stream or of the partition's stream that is the first argument of each of the CDK's tasks."""
    task = args[0] if args else None
    return task.stream_name() if isinstance(task, Partition) else str(getattr(task, "name", ""))
