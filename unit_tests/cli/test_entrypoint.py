"""The memory monitor is called once per record."""

from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk.cli.entrypoint import RowMonitor
from source_zendesk.output.sync_stats import SyncStats


class CountingMonitor(MemoryMonitor):
    """Counts its calls."""

    calls = 0

    def check_memory_usage(self) -> None:
        self.calls += 1


def test_each_row_of_a_page_is_checked_once() -> None:
    stats, counting = SyncStats(), CountingMonitor()
    monitor = RowMonitor(counting, stats)
    for rows, total in ((3, 3), (0, 3), (2, 5)):
        stats.add_rows("tags", rows)
        monitor.check_memory_usage()
        assert counting.calls == total
