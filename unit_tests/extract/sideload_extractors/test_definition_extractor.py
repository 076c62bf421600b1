"""Attribute definitions are extracted from two lists, with the name of their list."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_extractors import DefinitionExtractor

DEFINITIONS = DefinitionExtractor("attribute_definitions", "definitions")


def test_both_lists_are_read() -> None:
    lists = {"conditions_any": [{"title": "b"}], "conditions_all": [{"title": "a"}]}
    assert DEFINITIONS.extract({"definitions": lists}) == [
        {"title": "a", "condition": "all"},
        {"title": "b", "condition": "any"},
    ]


def test_list_may_be_absent() -> None:
    assert DEFINITIONS.extract({"definitions": {"conditions_all": None}}) == []


@pytest.mark.parametrize("body", [{}, {"definitions": []}, []])
def test_response_without_them_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="attribute_definitions"):
        DEFINITIONS.extract(body)
