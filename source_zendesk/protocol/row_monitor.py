"""Looks at the memory while rows are printed."""

from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk.messages.tally import Tally


class RowMonitor:
    """Has the CDK's monitor look at the memory once in so many rows, as it does in so many records, and not pages."""

    def __init__(self, monitor: MemoryMonitor, tally: Tally) -> None:
        self._monitor, self._tally, self._seen = monitor, tally, 0

    def check_memory_usage(self) -> None:
        """Count what was printed since the last time.

        Raises `AirbyteTracedException` where the container is about to run out of memory.
        """
        printed = self._tally.printed
        for _ in range(printed - self._seen):
            self._monitor.check_memory_usage()
        self._seen = printed
