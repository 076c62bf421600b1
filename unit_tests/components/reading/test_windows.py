"""The times of the rows that are held against a count."""

from source_zendesk import times
from source_zendesk.components.reading.windows import whole_window, window_of


def test_the_window_begins_with_the_state_and_leaves_the_last_hour_out() -> None:
    now = times.now()
    begin, end = window_of({"updated_at": now - 7200}, "updated_at", {}) or ("", "")
    assert begin == times.iso(now - 7200)
    assert now - 3600 <= (times.epoch(end) or 0) <= times.now() - 3600
    assert window_of({"updated_at": now - 60}, "updated_at", {}) is None
    assert (window_of({}, "updated_at", {"start_date": "2024-01-01T00:00:00Z"}) or [""])[0] == "2024-01-01T00:00:00Z"


def test_what_begins_before_there_were_rows_has_them_all() -> None:
    assert whole_window({"start_date": "2021-06-01T00:00:00Z"}, "2022-01-01") == ("", "~")
    assert whole_window({"start_date": "2024-06-01T00:00:00Z"}, "2022-01-01") == ("2024-06-01T00:00:00Z", "~")
