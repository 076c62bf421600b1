"""Times are parsed from every format of Zendesk, of users and of other connectors."""

from typing import Any

import pytest

from source_zendesk import times

NEW_YEAR = 1704067200


@pytest.mark.parametrize(
    "value",
    [
        NEW_YEAR, float(NEW_YEAR), str(NEW_YEAR), "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00", "2024-01-01",
        "2024-01-01T00:00:00.0Z", "2024-01-01T00:00:00.123456789Z", "2024-01-01 00:00:00", "2024-01-01T01:00:00+01:00",
        " 2024-01-01T00:00:00Z ",
    ],
)  # fmt: skip
def test_times_in_all_formats_are_parsed(value: Any) -> None:
    assert times.epoch(value) == NEW_YEAR


@pytest.mark.parametrize("value", [NEW_YEAR * 10**6 + 5, str(NEW_YEAR * 10**6 + 5), f"{NEW_YEAR}000005"])
def test_microseconds_are_times_in_seconds(value: Any) -> None:
    assert times.epoch(value) == NEW_YEAR


@pytest.mark.parametrize("value", [None, "", "soon", "2024-02-31T00:00:00Z", True, False, [], {}, "2024-13-01"])
def test_values_that_are_no_times_are_none(value: Any) -> None:
    assert times.epoch(value) is None


def test_iso_has_the_format_of_zendesk() -> None:
    assert times.iso(NEW_YEAR) == "2024-01-01T00:00:00Z"


def test_a_first_sync_starts_at_the_start_date_or_two_years_back() -> None:
    assert times.start_of({"start_date": "2024-01-01T00:00:00Z"}) == NEW_YEAR
    assert times.start_of({"start_date": 0}) == 0
    assert times.start_of({}) % 86400 == 0
    assert 0 <= times.now() - 730 * 86400 - times.start_of({}) <= 86400
