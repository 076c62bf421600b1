"""Rows are missing or extra only compared with both counts."""

from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.extract.count_difference import CountDifference

COUNTS = st.integers(0, 40)


@given(COUNTS, COUNTS, COUNTS)
def test_difference_is_measured_from_the_nearer_count(received: int, before: int, after: int) -> None:
    found = CountDifference.between(received, before, after)
    assert found == CountDifference.between(received, after, before)
    assert found.change == abs(after - before)
    is_between = min(before, after) <= received <= max(before, after)
    assert found.missing + found.extra == (0 if is_between else min(abs(received - before), abs(received - after)))


def test_missing_and_extra_rows_do_not_cancel_out() -> None:
    assert CountDifference.between(3, 4, 4) + CountDifference.between(5, 4, 4) == CountDifference(missing=1, extra=1)
