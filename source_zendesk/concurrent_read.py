"""Reads the streams of a sync at the same time, with the CDK's concurrent source."""

import logging
from collections.abc import Iterator, Sequence
from queue import Queue

from airbyte_cdk.models import AirbyteMessage, FailureType, Level
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.http.adaptive_executor import AdaptiveExecutor

# The items that may wait for the main thread; a page is one item.
QUEUE_SIZE = 10_000
# The tasks that may wait for their turn. A stream that waits to list more parents falls behind their stream, and the
# cache keeps their pages; so a lower number would take more memory.
MAX_WAITING_TASKS = ThreadPoolManager.DEFAULT_MAX_QUEUE_SIZE


class _TaskManager(ThreadPoolManager):
    """Limits the waiting tasks; a stream that lists partitions leaves its turn to them while there are too many.

    Otherwise, such streams could take all turns and wait for each other forever.
    """

    def __init__(self, executor: AdaptiveExecutor, logger: logging.Logger) -> None:
        super().__init__(executor, logger, MAX_WAITING_TASKS)
        self._executor = executor

    def prune_to_validate_has_reached_futures_limit(self) -> bool:
        """Whether too many tasks wait; called by the listing stream, which then sleeps."""
        is_full = super().prune_to_validate_has_reached_futures_limit()
        if is_full:
            self._executor.discount()
        return is_full


class ConcurrentRead:
    """One read of a sync; at most `listing` tasks of the executor list the partitions of streams at the same time.

    `messages` passes the messages of streams on to the thread that built this object, which must be the one that reads.
    """

    def __init__(self, executor: AdaptiveExecutor, listing: int, logger: logging.Logger) -> None:
        queue: Queue[QueueItem] = Queue(QUEUE_SIZE)
        self.messages = ConcurrentMessageRepository(queue, InMemoryMessageRepository(Level.INFO))
        self._executor = executor
        self._source = ConcurrentSource(
            _TaskManager(executor, logger),
            logger,
            queue=queue,
            message_repository=self.messages,
            initial_number_partitions_to_generate=listing,
        )

    def run(self, streams: Sequence[AbstractStream]) -> Iterator[AirbyteMessage]:
        """The messages of the streams, which start in this order.

        Raises an error at the end if streams failed. It is transient if each of their errors is: the CDK's own one is a
        configuration error, after which the platform does not retry.
        """
        failure_types: set[FailureType | None] = set()
        try:
            # Without streams, the CDK would wait forever.
            for message in self._source.read(list(streams)) if streams else ():
                if message.trace and message.trace.error:
                    failure_types.add(message.trace.error.failure_type)
                yield message
        except AirbyteTracedException as error:
            if failure_types == {FailureType.transient_error}:
                error.failure_type = FailureType.transient_error
            raise
        finally:
            # After a failure, the threads would wait forever.
            self._executor.shutdown(wait=False, cancel_futures=True)
