"""Invalid custom fields and objects of an account are skipped with a warning, and the others are used."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from source_zendesk.account import Account
from source_zendesk.manifest import Manifest

MANIFEST = Manifest.load()
ODD: list[Any] = [None, 5, [], ["a"], {}, True, 1.5, "..", "a/../b"]


def account(**lists: list[dict[str, Any]]) -> Account:
    def rows(stream: str, _: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        return iter(lists.get(stream, []))

    return Account(rows, MANIFEST.content["definitions"])


@pytest.mark.parametrize("key", ODD)
def test_object_with_an_invalid_key_is_skipped(key: Any, caplog: pytest.LogCaptureFixture) -> None:
    made = account(custom_objects=[{"key": "car"}, {"key": key, "title": "Odd"}, {"key": "car"}, {}])
    assert made.custom_object_keys() == ["car"]
    assert repr(key) in caplog.text


@pytest.mark.parametrize("value", ODD)
def test_field_with_invalid_properties_does_not_affect_the_others(value: Any) -> None:
    facts = ("type", "title", "description", "relationship_target_type", "custom_field_options", "id", "key")
    rows = [{"id": 1, "type": "integer"}, *({"id": 2, "type": "lookup", name: value} for name in facts)]
    made = account(ticket_fields=rows).added_properties(MANIFEST.endpoints["tickets"], [])
    columns = made["custom"]["properties"]
    assert columns["field_1"]["type"] == ["null", "integer"]
    assert all(isinstance(title, str) for title in (columns["field_1"].get("title", ""),))
