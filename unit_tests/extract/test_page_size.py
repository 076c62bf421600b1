"""A page that fails is requested with fewer rows, and the size grows back."""

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.page_size import MAX_FAILURES, AdaptivePageSize

QUERY = {"cursor": "abc", "per_page": 1000}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_first_page_has_the_full_size() -> None:
    assert AdaptivePageSize("tickets", "per_page", 1000).apply(QUERY) == QUERY


def test_each_failure_halves_the_size_at_the_same_cursor() -> None:
    size, sizes = AdaptivePageSize("tickets", "per_page", 1000), []
    for _ in range(9):
        size.reduce("status 504")
        sizes.append(size.apply(QUERY)["per_page"])
    assert sizes == [500, 250, 125, 62, 31, 15, 10, 10, 10]
    assert size.apply(QUERY)["cursor"] == "abc"


def test_size_grows_back_to_the_full_size_at_most() -> None:
    size, sizes = AdaptivePageSize("tickets", "per_page", 1000), []
    for _ in range(3):
        size.reduce("status 504")
    for _ in range(4):
        size.grow()
        sizes.append(size.apply(QUERY)["per_page"])
    assert sizes == [250, 500, 1000, 1000]


def test_size_below_the_minimum_stays() -> None:
    size = AdaptivePageSize("tickets", "per_page", 3)
    size.reduce("status 504")
    assert size.apply({"per_page": 3})["per_page"] == 3


def test_endpoint_without_a_page_size_is_retried_unchanged() -> None:
    size = AdaptivePageSize("metrics", "per_page", None)
    size.reduce("status 504")
    assert size.apply({"start_time": 1}) == {"start_time": 1}


def test_repeated_failures_end_in_an_error() -> None:
    size = AdaptivePageSize("tickets", "per_page", 1000)
    for _ in range(MAX_FAILURES):
        size.reduce("status 504")
    with pytest.raises(PaginationError, match=r"tickets.*keeps failing on pages of 10 rows .*504"):
        size.reduce("status 504")


def test_success_resets_the_failure_count() -> None:
    size = AdaptivePageSize("tickets", "per_page", 1000)
    for _ in range(50):
        size.reduce("status 504")
        size.grow()


def test_numbered_pages_keep_their_size() -> None:
    size = AdaptivePageSize("groups", "page[size]", 100)
    size.reduce("status 504")
    assert size.apply({"page": "2"}) == {"page": "2"}
