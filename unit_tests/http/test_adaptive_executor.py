"""As many tasks run at the same time as use up the rate limit, in the order of their submission."""

import threading
from collections.abc import Callable
from concurrent.futures import wait
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

from source_zendesk.http.adaptive_executor import DEFAULT_TASKS, MAX_TASKS, AdaptiveExecutor

# Real seconds until a test fails.
TIMEOUT = 30


class Group:
    """Tasks that end as soon as `size` of them run at the same time; `most` is the largest number that did."""

    def __init__(self, size: int) -> None:
        self._barrier, self._lock = threading.Barrier(size), threading.Lock()
        self._running = self.most = 0

    def task(self) -> None:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
        self._barrier.wait(TIMEOUT)
        with self._lock:
            self._running -= 1


def run(executor: AdaptiveExecutor, *tasks: Callable[[], object]) -> None:
    for future in wait([executor.submit(task) for task in tasks], TIMEOUT).done:
        future.result()


@pytest.mark.parametrize(
    ("requests_in_flight", "tasks"), [(None, DEFAULT_TASKS), (0.0, 2), (3.2, 4), (40.0, 50), (9_999.0, MAX_TASKS)]
)
def test_the_number_of_tasks_follows_the_requests_in_flight(requests_in_flight: float | None, tasks: int) -> None:
    executor, group = AdaptiveExecutor(), Group(tasks)
    executor.adapt(requests_in_flight)
    run(executor, *[group.task] * 2 * tasks)
    assert group.most == tasks


def test_a_fixed_number_of_tasks_does_not_adapt() -> None:
    executor, group = AdaptiveExecutor(3), Group(3)
    executor.adapt(40.0)
    run(executor, *[group.task] * 9)
    assert group.most == 3


def test_a_larger_number_starts_waiting_tasks() -> None:
    executor, group = AdaptiveExecutor(), Group(10)
    executor.adapt(0.0)
    futures = [executor.submit(group.task) for _ in range(10)]
    executor.adapt(8.0)
    assert wait(futures, TIMEOUT).not_done == set()
    assert group.most == 10


def test_tasks_start_in_order() -> None:
    executor, started = AdaptiveExecutor(1), []
    run(executor, *[lambda number=number: started.append(number) for number in range(20)])
    assert started == list(range(20))


def test_tasks_that_wait_for_a_scarce_limit_do_not_count() -> None:
    executor, is_done = AdaptiveExecutor(), threading.Event()

    def waiting() -> None:
        executor.discount()
        executor.discount()
        assert is_done.wait(TIMEOUT)

    executor.adapt(0.0)
    group = Group(2)
    futures = [executor.submit(task) for task in (waiting, waiting, waiting, group.task, group.task)]
    assert wait(futures[3:], TIMEOUT).not_done == set()
    is_done.set()
    assert wait(futures, TIMEOUT).not_done == set()
    again = Group(2)
    run(executor, *[again.task] * 4)
    assert (group.most, again.most) == (2, 2)


def test_the_next_task_runs_after_a_failed_one() -> None:
    executor = AdaptiveExecutor(1)
    failed, passed = executor.submit(int, "one"), executor.submit(int, "1")
    assert isinstance(failed.exception(TIMEOUT), ValueError)
    assert passed.result(TIMEOUT) == 1


def test_no_task_starts_after_a_shutdown() -> None:
    executor, is_shut_down = AdaptiveExecutor(1), threading.Event()
    started: list[str] = []
    running = executor.submit(is_shut_down.wait, TIMEOUT)
    executor.submit(started.append, "late")
    executor.shutdown(wait=False, cancel_futures=True)
    is_shut_down.set()
    executor.shutdown()
    assert (running.result(TIMEOUT), started) == (True, [])


def test_a_thread_knows_the_stream_of_its_task() -> None:
    """The CDK's tasks have a stream, or one of its partitions, as their first argument."""
    executor = AdaptiveExecutor()
    stream, partition = SimpleNamespace(name="tickets"), Mock(spec=Partition)
    partition.stream_name.return_value = "users"
    found = [executor.submit(lambda *_: executor.current_stream, *args) for args in ((stream,), (partition, 1), ())]
    assert [future.result(TIMEOUT) for future in found] == ["tickets", "users", ""]
    assert executor.current_stream == ""
