"""The memory is looked at once in so many rows."""

import pytest
from airbyte_cdk.utils.memory_monitor import MemoryMonitor

from source_zendesk.messages.tally import Tally
from source_zendesk.protocol.row_monitor import RowMonitor


def test_each_row_of_a_page_counts_as_a_record_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(MemoryMonitor, "check_memory_usage", lambda _: counted.append(1))
    tally = Tally()
    monitor = RowMonitor(tally)
    for rows, in_all in ((3, 3), (0, 3), (2, 5)):
        tally.add_rows("tags", rows)
        monitor.check_memory_usage()
        assert len(counted) == in_all
