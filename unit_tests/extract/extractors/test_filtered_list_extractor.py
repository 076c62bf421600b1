"""Of one list, a stream takes the rows of its kind."""

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import FilteredListExtractor

VOTES = [{"id": 1, "item_type": "Article"}, {"id": 2, "item_type": "Comment"}, {"id": 3}, {"id": 4, "item_type": None}]
KINDS = FilteredListExtractor("article_votes", "votes", part={"item_type": "Article"})


def test_only_rows_of_the_kind_are_taken() -> None:
    assert KINDS.extract({"votes": VOTES}) == VOTES[:1]


def test_all_values_of_the_part_count() -> None:
    both = FilteredListExtractor("article_votes", "votes", part={"item_type": "Article", "id": 2})
    assert both.extract({"votes": VOTES}) == []


def test_an_answer_without_the_list_is_an_error_and_no_empty_part() -> None:
    with pytest.raises(ResponseError, match=r"article_votes.*no list `votes`"):
        KINDS.extract({"article_votes": VOTES})
