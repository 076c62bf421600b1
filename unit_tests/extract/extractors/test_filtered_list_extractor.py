"""A stream extracts the rows of its kind from a shared list."""

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import FilteredListExtractor

VOTES = [{"id": 1, "item_type": "Article"}, {"id": 2, "item_type": "Comment"}, {"id": 3}, {"id": 4, "item_type": None}]
KINDS = FilteredListExtractor("article_votes", "votes", part={"item_type": "Article"})


def test_only_rows_of_the_kind_are_extracted() -> None:
    assert KINDS.extract({"votes": VOTES}) == VOTES[:1]


def test_all_values_of_the_part_must_match() -> None:
    both = FilteredListExtractor("article_votes", "votes", part={"item_type": "Article", "id": 2})
    assert both.extract({"votes": VOTES}) == []


def test_response_without_the_list_is_an_error() -> None:
    with pytest.raises(ResponseError, match=r"article_votes.*no list `votes`"):
        KINDS.extract({"article_votes": VOTES})
