"""Work items in the responses with the availability of agents."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.page import Page
from source_zendesk.extract.work_items import RemainingWorkItems, WorkItemExtractor
from source_zendesk.http.refusals import StreamSkipped

Row = dict[str, Any]
ITEMS = WorkItemExtractor("agent_work_items", "data")
WORK: list[Row] = [{"type": "work_items", "id": str(n), "attributes": {"reason": "ASSIGNED"}} for n in (1, 2)]
REFERENCES = [{"type": "work_items", "id": row["id"]} for row in WORK]
TALK = {"agent_id": 8, "channel": "talk"}


def body(relationships: Any, *included: Row, **attributes: Any) -> Row:
    """A response with one agent and one channel."""
    channel = {"type": "channels", "id": "c", "attributes": {"name": "talk", **attributes}}
    channels = {"data": [{"type": "channels", "id": "c"}]}
    agent = {"id": "a", "attributes": {"agent_id": 8}, "relationships": {"channels": channels}}
    return {"data": [agent], "included": [{**channel, "relationships": relationships}, *included]}


@pytest.mark.parametrize("rest", [{}, {"meta": {"has_more": False}, "links": {"next": None}}, {"meta": None}])
def test_work_items_of_a_single_page_are_records(rest: Row) -> None:
    page = body({"work_items": {"data": REFERENCES, **rest}}, *WORK)
    assert ITEMS.extract(page) == [{**TALK, **row} for row in WORK]
    assert ITEMS.extract_page(page).pending == []


@pytest.mark.parametrize(
    "relationships",
    [
        {"work_items": {"data": REFERENCES, "meta": {"has_more": True}}},
        {"work_items": {"data": REFERENCES, "links": {"next": "https://acme.zendesk.com/next"}}},
        {"work_items": {"data": [*REFERENCES, {"type": "work_items", "id": "3"}]}},
        {"work_items": {"links": {}}},
        {},
        None,
    ],
)
def test_a_channel_without_all_of_its_work_items_is_pending(relationships: Any) -> None:
    page = body(relationships, *WORK)
    assert ITEMS.extract(page) == []
    assert ITEMS.extract_page(page).pending == [TALK]


def test_a_channel_with_fewer_work_items_than_it_counts_is_pending() -> None:
    counts: dict[Any, list[Row]] = {3: [TALK], 2: [], 1: [], None: [], "3": []}
    for count, pending in counts.items():
        page = body({"work_items": {"data": REFERENCES}}, *WORK, work_item_count=count)
        assert (ITEMS.extract_page(page).pending, len(ITEMS.extract(page))) == (pending, 0 if pending else 2)


@pytest.mark.parametrize("relationships", [None, {}, {"channels": None}, {"channels": {"data": None}}])
def test_all_channels_of_an_agent_without_a_list_of_channels_are_pending(relationships: Any) -> None:
    page = {"data": [{"id": "a", "attributes": {"agent_id": 8}, "relationships": relationships}]}
    assert ITEMS.extract(page) == []
    assert [row["channel"] for row in ITEMS.extract_page(page).pending] == ["support", "messaging", "talk"]
    assert {row["agent_id"] for row in ITEMS.extract_page(page).pending} == {8}


def test_a_channel_without_work_and_an_agent_without_channels_have_no_records() -> None:
    idle = {"id": "a", "attributes": {"agent_id": 8}, "relationships": {"channels": {"data": []}}}
    for page in (body({"work_items": {"data": []}}), {"data": [idle]}):
        assert ITEMS.extract(page) == ITEMS.extract_page(page).pending == []
        assert ITEMS.extract_page(page).cursor_rows == page["data"]


@pytest.mark.parametrize("included", [{}, {"included": []}, {"included": [{"type": "channels", "id": "c"}]}])
def test_a_response_without_a_channel_of_an_agent_is_an_error(included: Row) -> None:
    page = {"data": body({})["data"], **included}
    with pytest.raises(ResponseError, match="channel c of an agent; if that persists, read list_agent_work_items"):
        ITEMS.extract(page)


class Channels:
    """The work items of the channel `talk`; the others are refused."""

    def read_pages(self, _: Any, values: Mapping[str, Any]) -> Iterator[Page]:
        if values["channel"] != "talk":
            raise StreamSkipped("not found")
        yield from (Page([{**values, **row}], {}, {}) for row in WORK)


def test_pending_channels_are_requested_and_refused_ones_are_skipped(caplog: pytest.LogCaptureFixture) -> None:
    rows = [{**TALK, "id": "0", "type": "work_items"}, TALK, {"agent_id": 8, "channel": "chat"}]
    found = RemainingWorkItems("agent_work_items", Channels()).replace_pending(rows, 0)
    assert found == [rows[0], *({**TALK, **row} for row in WORK)]
    assert "Stream agent_work_items: skipped {'agent_id': 8, 'channel': 'chat'} (not found)" in caplog.text
