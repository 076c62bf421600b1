"""The records are in an envelope each."""

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sell import EnvelopeExtractor

ITEMS = EnvelopeExtractor("sell_contacts", "items")


def test_the_record_is_the_data_of_an_item() -> None:
    body = {"items": [{"data": {"id": 1}, "meta": {"type": "contact"}}, {"data": {"id": 2}}], "meta": {}}
    assert ITEMS.extract(body) == [{"id": 1}, {"id": 2}]


def test_an_empty_list_is_empty() -> None:
    assert ITEMS.extract({"items": []}) == []


@pytest.mark.parametrize("item", [{"meta": {}}, {"data": None}, {"data": [1]}, {"id": 1}])
def test_an_item_without_data_is_an_error(item: object) -> None:
    with pytest.raises(ResponseError, match=r"sell_contacts.*no object `data`"):
        ITEMS.extract({"items": [{"data": {"id": 1}}, item]})


def test_a_response_without_items_is_an_error() -> None:
    with pytest.raises(ResponseError, match="no list `items`"):
        ITEMS.extract({"data": []})
