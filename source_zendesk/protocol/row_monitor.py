"""Looks at the memory while rows are printed."""

from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk.messages.tally import Tally


class RowMonitor(MemoryMonitor):
    """The CDK's monitor, which looks once in so many records; here it is told of pages, and counts their rows.

    Raises `AirbyteTracedException` where the container is about to run out of memory.
    """

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally, self._seen = tally, 0

    def check_memory_usage(self) -> None:
        """Count what was printed since the last time, and look at the memory if it is time to."""
        printed, count = self._tally.printed, super().check_memory_usage
        for _ in range(printed - self._seen):
            count()
        self._seen = printed
