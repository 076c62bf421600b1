"""Only equal counts prove that all rows were received; only a difference beyond all changes proves the opposite."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.reconciliation.comparison import Comparison

COUNTS = st.integers(0, 40)
FACTS = {
    **dict.fromkeys(["created_during_sync", "changed", "changed_recently", "repeated"], COUNTS),
    **dict.fromkeys(["is_exact", "is_superset"], st.booleans()),
}


def compared(received: int, before: int, after: int, **facts: Any) -> Comparison:
    return Comparison(received, before, after, CountDifference.between(received, before, after), **facts)


@pytest.mark.parametrize(
    ("received", "before", "after", "missing", "agrees"),
    [
        (10, 10, 10, 0, True),
        (0, 0, 0, 0, True),
        (9, 10, 10, 1, False),
        (11, 10, 10, -1, False),
        (10, 10, 12, 0, None),
        (12, 10, 12, 0, None),
        (11, 10, 12, 0, None),
        (8, 10, 12, 0, None),
        (7, 10, 12, 1, False),
        (14, 12, 10, 0, None),
        (16, 12, 10, -2, False),
        (0, 100, 200, 0, None),
    ],
)
def test_changing_count_proves_only_a_larger_difference(
    received: int,
    before: int,
    after: int,
    missing: int,
    agrees: bool | None,  # noqa: FBT001
) -> None:
    found = compared(received, before, after, is_exact=True)
    assert (found.missing, found.agrees) == (missing, agrees)
    assert (found.unproved_reason is None) == (agrees is True)


def test_reason_names_both_counts() -> None:
    assert compared(0, 100, 200).unproved_reason == "the count changed from 100 to 200 while the stream was read"


def test_rows_created_during_the_sync_can_replace_missing_ones() -> None:
    """The count is ten; then one row is created and one of the read rows deleted, so that it is ten again."""
    assert compared(11, 10, 10, is_exact=True, created_during_sync=1, changed=1).agrees is None
    assert compared(12, 10, 10, is_exact=True, created_during_sync=1, changed=1).agrees is False
    assert compared(10, 10, 10, is_exact=True, created_during_sync=1, changed=1).agrees is None
    assert compared(9, 10, 10, is_exact=True, created_during_sync=1, changed=1).agrees is False


def test_rows_changed_during_the_sync_may_be_counted_elsewhere() -> None:
    assert compared(9, 10, 10, changed_recently=1).agrees is None
    assert compared(8, 10, 10, changed_recently=1).agrees is False
    assert compared(10, 10, 10, changed_recently=1).agrees is True


def test_repeated_rows_may_be_counted_as_often() -> None:
    assert compared(9, 10, 10, repeated=1).agrees is None
    assert compared(8, 10, 10, repeated=1).agrees is False
    assert compared(10, 10, 10, repeated=1).agrees is True


def test_fewer_rows_than_a_superset_count_prove_nothing() -> None:
    assert compared(9, 10, 10, is_superset=True).agrees is None
    assert compared(10, 10, 10, is_superset=True).agrees is True


def test_more_rows_than_an_inexact_count_prove_nothing() -> None:
    assert compared(11, 10, 10).agrees is None
    assert compared(9, 10, 10).agrees is False


def test_extra_row_of_one_list_does_not_compensate_for_a_missing_row_of_another() -> None:
    difference = CountDifference.between(9, 10, 10) + CountDifference.between(11, 10, 10)
    assert Comparison(20, 20, 20, difference).agrees is False


@given(COUNTS, COUNTS, COUNTS, st.fixed_dictionaries(FACTS))
def test_agrees_only_if_all_numbers_are_equal(received: int, before: int, after: int, facts: dict[str, Any]) -> None:
    found = compared(received, before, after, **facts)
    assert (found.agrees is True) == (received == before == after and not facts["created_during_sync"])
    assert (found.agrees is None) <= bool(found.unproved_reason)
