"""The time window of the rows that are compared with a count."""

from source_zendesk import times
from source_zendesk.extract.row_counts import count_window


def test_window_starts_at_the_state_and_excludes_the_last_hour() -> None:
    now = times.now()
    begin, end = count_window({"updated_at": now - 7200}, "updated_at", {}) or (0, 0)
    assert begin == now - 7200
    assert now - 3600 <= end <= times.now() - 3600
    assert count_window({"updated_at": now - 60}, "updated_at", {}) is None
    assert (count_window({}, "updated_at", {"start_date": "2024-01-01T00:00:00Z"}) or [0])[0] == 1_704_067_200
