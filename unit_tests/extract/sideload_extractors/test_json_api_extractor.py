"""JSON:API rows contain the included objects that they refer to, and no others."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_extractors import JsonApiExtractor

AGENTS = JsonApiExtractor("agent_availabilities")
CHANNEL = {"type": "channels", "id": "1:messaging", "relationships": {"work_items": {"data": [{"type": "w", "id": 9}]}}}
WORK = {"type": "w", "id": "9"}
OTHER = {"type": "channels", "id": "2:messaging"}


def agent(*channels: str) -> dict[str, Any]:
    data = [{"type": "channels", "id": each} for each in channels]
    return {"id": "1", "type": "agent", "relationships": {"channels": {"data": data}}}


def test_row_contains_directly_and_indirectly_related_objects() -> None:
    body = {"data": [agent("1:messaging")], "included": [OTHER, CHANNEL, WORK]}
    assert AGENTS.extract(body) == [{**agent("1:messaging"), "included": [CHANNEL, WORK]}]


def test_objects_that_are_not_included_are_left_out() -> None:
    body = {"data": [agent("7:none")], "included": [OTHER]}
    assert AGENTS.extract(body) == [{**agent("7:none"), "included": []}]


def test_objects_that_refer_to_each_other_are_included_once() -> None:
    back = {**WORK, "relationships": {"channel": {"data": {"type": "channels", "id": "1:messaging"}}}}
    body = {"data": [agent("1:messaging", "1:messaging")], "included": [CHANNEL, back]}
    assert AGENTS.extract(body)[0]["included"] == [CHANNEL, back]


@pytest.mark.parametrize("body", [{"data": agent()}, {"data": [agent()], "included": []}])
def test_single_object_is_a_row_and_without_included_objects_unchanged(body: Any) -> None:
    assert AGENTS.extract(body) == [agent()]


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": "x"}, [], None, {"agent_availabilities": []}])
def test_response_without_data_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="agent_availabilities"):
        AGENTS.extract(body)
