"""A response may be a list or contain one."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import BareListExtractor

RULES = BareListExtractor("capacity_rules", "data")


@pytest.mark.parametrize("body", [[{"id": 1}], {"data": [{"id": 1}]}])
def test_records_are_extracted_from_either_form(body: Any) -> None:
    assert RULES.extract(body) == [{"id": 1}]


@pytest.mark.parametrize("body", [[], {"data": []}])
def test_empty_list_of_either_form_has_no_records(body: Any) -> None:
    assert RULES.extract(body) == []


@pytest.mark.parametrize("body", [{}, {"rules": []}, None, "text", ["text"], {"data": [1]}])
def test_any_other_value_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="capacity_rules"):
        RULES.extract(body)
