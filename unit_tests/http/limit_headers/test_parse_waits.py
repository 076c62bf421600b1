"""Waits are read from seconds, moments and dates, a moment by the clock of who tells it."""

import pytest

from source_zendesk.http.limit_headers import parse_number, parse_seconds

DATE = {"Date": "Wed, 01 May 2024 00:00:00 GMT"}
MAY = 1714521600


@pytest.mark.parametrize(
    ("value", "found"),
    [("100", 100), ("100, 100;w=60", 100), (" 2.5 ", 2.5), ("-1", -1), ("x", None), ("", None), (None, None),
     ("5 s", None)],
)  # fmt: skip
def test_the_number_at_the_beginning(value: str | None, found: float | None) -> None:
    assert parse_number(value) == found


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", 30),
        ("0", 0),
        ("-5", 0),
        (str(MAY + 30), 30),
        (str((MAY + 30) * 1000), 30),
        (str(MAY - 30), 0),
        ("Wed, 01 May 2024 00:00:30 GMT", 30),
        ("2024-05-01T00:00:30Z", 30),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_how_long_to_wait(value: str | None, wait: float | None) -> None:
    assert parse_seconds(value, DATE) == wait
