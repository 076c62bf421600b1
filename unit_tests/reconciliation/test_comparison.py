"""What came agrees with what is counted as long as changes meanwhile can explain the difference."""

import pytest

from source_zendesk.reconciliation.comparison import Comparison


@pytest.mark.parametrize(
    ("came", "before", "after", "missing"),
    [
        (10, 10, 10, 0),
        (9, 10, 10, 1),
        (11, 10, 10, -1),
        (10, 10, 12, 0),
        (8, 10, 12, 0),
        (7, 10, 12, 1),
        (14, 12, 10, 0),
        (16, 12, 10, -2),
        (0, 0, 0, 0),
    ],
)
def test_missing_rows_are_counted_beyond_what_changed(came: int, before: int, after: int, missing: int) -> None:
    compared = Comparison(came, before, after, is_exact=True)
    assert (compared.missing, compared.agrees) == (missing, missing == 0)


def test_rows_that_were_made_meanwhile_may_stand_beside_those_that_went() -> None:
    """Before the count ten, then one came and one of those read went, so that there are ten again."""
    assert Comparison(11, 10, 10, is_exact=True, fresh=1).agrees is True
    assert Comparison(12, 10, 10, is_exact=True, fresh=1).agrees is False
    assert Comparison(9, 10, 10, is_exact=True, fresh=1).agrees is False


def test_fewer_rows_than_a_count_that_has_others_too_prove_nothing() -> None:
    assert Comparison(9, 10, 10, is_wider=True).agrees is None
    assert Comparison(10, 10, 10, is_wider=True).agrees is True


def test_more_rows_than_an_inexact_count_has_prove_nothing() -> None:
    assert Comparison(11, 10, 10).agrees is None
    assert Comparison(9, 10, 10).agrees is False
