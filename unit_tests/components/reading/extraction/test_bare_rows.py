"""A list may be the answer, or stand in it."""

from typing import Any

import pytest

from source_zendesk.components.reading.extraction.bare_rows import BareRows
from source_zendesk.errors import AnswerError

RULES = BareRows("capacity_rules", "data")


@pytest.mark.parametrize("body", [[{"id": 1}], {"data": [{"id": 1}]}])
def test_records_are_found_in_either_form(body: Any) -> None:
    assert RULES.rows(body) == [{"id": 1}]


@pytest.mark.parametrize("body", [[], {"data": []}])
def test_an_empty_list_of_either_form_has_none(body: Any) -> None:
    assert RULES.rows(body) == []


@pytest.mark.parametrize("body", [{}, {"rules": []}, None, "text", ["text"], {"data": [1]}])
def test_anything_else_is_an_error(body: Any) -> None:
    with pytest.raises(AnswerError, match="capacity_rules"):
        RULES.rows(body)
