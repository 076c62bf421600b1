"""Rows in JSON:API form bring what they refer to, and nothing of other rows."""

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


def test_a_row_has_what_it_refers_to_and_what_that_refers_to() -> None:
    body = {"data": [agent("1:messaging")], "included": [OTHER, CHANNEL, WORK]}
    assert AGENTS.extract(body) == [{**agent("1:messaging"), "included": [CHANNEL, WORK]}]


def test_what_an_answer_does_not_include_is_left_out() -> None:
    body = {"data": [agent("7:none")], "included": [OTHER]}
    assert AGENTS.extract(body) == [{**agent("7:none"), "included": []}]


def test_objects_that_refer_to_each_other_come_once() -> None:
    back = {**WORK, "relationships": {"channel": {"data": {"type": "channels", "id": "1:messaging"}}}}
    body = {"data": [agent("1:messaging", "1:messaging")], "included": [CHANNEL, back]}
    assert AGENTS.extract(body)[0]["included"] == [CHANNEL, back]


@pytest.mark.parametrize("body", [{"data": agent()}, {"data": [agent()], "included": []}])
def test_one_object_is_a_row_and_without_anything_included_it_is_as_it_was_sent(body: Any) -> None:
    assert AGENTS.extract(body) == [agent()]


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": "x"}, [], None, {"agent_availabilities": []}])
def test_an_answer_without_data_is_an_error(body: Any) -> None:
    with pytest.raises(ResponseError, match="agent_availabilities"):
        AGENTS.extract(body)
