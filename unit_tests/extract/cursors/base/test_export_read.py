"""An export starts at least 65 seconds in the past, by this machine's clock or Zendesk's if that is behind."""

from source_zendesk import times
from source_zendesk.extract.cursors.time_export_cursor import TimeExportCursor
from source_zendesk.extract.export_paginators import TimeExportPaginator

PAGES = TimeExportPaginator("organizations", {}, 100)


def test_recent_time_is_moved_back_by_both_clocks() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": times.now() + 99}, PAGES, ["id"])
    start_time = (progress.query or {})["start_time"]
    assert start_time <= times.now() - times.YOUNGEST_START
    assert progress.retry_earlier(start_time)
    assert progress.query == {"start_time": start_time - times.YOUNGEST_START, "per_page": 100}


def test_server_clock_that_is_not_behind_changes_nothing() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": 1000}, PAGES, ["id"])
    before = progress.query
    assert not progress.retry_earlier(times.now() + 9)
    assert progress.query == before


def test_old_enough_time_is_unchanged() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": 1000}, PAGES, ["id"])
    assert progress.query == {"start_time": 1000, "per_page": 100}
