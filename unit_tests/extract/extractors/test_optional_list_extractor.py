"""An export of articles omits its list if it has no records, with a count of 0."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import OptionalListExtractor

ARTICLES = OptionalListExtractor("articles", "articles")


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"articles": [{"id": 1}], "count": 1}, [{"id": 1}]),
        ({"articles": [{"id": 1}], "count": 0}, [{"id": 1}]),
        ({"articles": [], "count": 0, "end_time": 1}, []),
        ({"count": 0, "end_time": 1}, []),
        ({"articles": None, "count": 0}, []),
    ],
)
def test_records_are_extracted_whatever_the_count(body: Any, rows: list[Any]) -> None:
    assert ARTICLES.extract(body) == rows


@pytest.mark.parametrize("body", [{}, {"count": 3}, {"count": None}, {"articles": {}, "count": 0}, [], None])
def test_missing_list_without_a_count_of_zero_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="no list `articles`"):
        ARTICLES.extract(body)
