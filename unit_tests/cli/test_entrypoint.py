"""The memory is looked at once in so many rows."""

from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk.cli.entrypoint import RowMonitor
from source_zendesk.output.sync_stats import SyncStats


class Counting(MemoryMonitor):
    """Counts how often it is told of a record."""

    records = 0

    def check_memory_usage(self) -> None:
        self.records += 1


def test_each_row_of_a_page_counts_as_a_record_and_once() -> None:
    stats, counting = SyncStats(), Counting()
    monitor = RowMonitor(counting, stats)
    for rows, in_all in ((3, 3), (0, 3), (2, 5)):
        stats.add_rows("tags", rows)
        monitor.check_memory_usage()
        assert counting.records == in_all
