"""An export begins 65 seconds back at the latest, by our own clock and by Zendesk's once that refuses."""

from source_zendesk import times
from source_zendesk.extract.cursors.time_export_cursor import TimeExportCursor
from source_zendesk.extract.export_paginators import TimeExportPaginator

PAGES = TimeExportPaginator("organizations", {}, 100)


def test_a_time_that_is_too_young_is_put_back_and_put_back_again_by_zendesks_clock() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": times.now() + 99}, PAGES, ["id"])
    begun = (progress.query or {})["start_time"]
    assert begun <= times.now() - times.YOUNGEST_START
    assert progress.retry_earlier(begun)
    assert progress.query == {"start_time": begun - times.YOUNGEST_START, "per_page": 100}


def test_a_clock_that_is_not_behind_ours_moves_nothing() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": 1000}, PAGES, ["id"])
    before = progress.query
    assert not progress.retry_earlier(times.now() + 9)
    assert progress.query == before


def test_a_time_that_is_old_enough_stays_as_it_is() -> None:
    progress = TimeExportCursor({}, "updated_at").open({"updated_at": 1000}, PAGES, ["id"])
    assert progress.query == {"start_time": 1000, "per_page": 100}
