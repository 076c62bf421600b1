"""Custom field values are mapped to columns from both shapes that Zendesk sends."""

from typing import Any

import pytest

from source_zendesk.extract.custom_fields import CustomFieldMapper

LISTED = {"values": "custom_fields", "prefix": "field_"}
KEYED = {"values": "user_fields"}
NUMBER, TEXT = {"type": ["null", "integer"]}, {"type": ["null", "string"]}


def noted() -> tuple[list[tuple[str, str, Any]], Any]:
    notes: list[tuple[str, str, Any]] = []
    return notes, lambda *mismatch: notes.append(mismatch)


def test_list_of_ids_and_values_fills_the_columns_of_those_ids() -> None:
    notes, note = noted()
    columns = CustomFieldMapper(LISTED, {"field_7": NUMBER, "field_8": TEXT, "field_9": TEXT}, note)
    values = [{"id": 7, "value": "12"}, {"id": 8, "value": None}, {"id": 10, "value": "undeclared"}]
    assert columns.map_record({"custom_fields": values}) == {"field_7": 12, "field_8": None}
    assert notes == []


def test_ids_may_be_strings_and_other_values_are_ignored() -> None:
    values = [{"id": "7", "value": "12"}, {"id": [8], "value": 1}, {"id": None, "value": 1}, {"value": 1}, None]
    assert CustomFieldMapper(LISTED, {"field_7": NUMBER, "field_8": TEXT}, print).map_record(
        {"custom_fields": values}
    ) == {"field_7": 12}


def test_object_fills_the_columns_of_its_keys() -> None:
    notes, note = noted()
    columns = CustomFieldMapper(KEYED, {"age": NUMBER, "field_1": TEXT, "absent": TEXT}, note)
    assert columns.map_record({"user_fields": {"age": 4, "field_1": "a", "more": 1}}) == {"age": 4, "field_1": "a"}
    assert notes == []


@pytest.mark.parametrize("row", [{}, {"user_fields": None}, {"user_fields": "text"}])
def test_record_without_custom_field_values_has_no_columns(row: dict[str, Any]) -> None:
    assert CustomFieldMapper(KEYED, {"age": NUMBER}, print).map_record(row) is None


@pytest.mark.parametrize(("value", "is_reported"), [("many", True), ([1], True), ("", False), ("[DELETED]", False)])
def test_mismatch_is_null_and_reported_unless_the_value_was_cleared(value: Any, is_reported: bool) -> None:  # noqa: FBT001
    notes, note = noted()
    assert CustomFieldMapper(KEYED, {"age": NUMBER}, note).map_record({"user_fields": {"age": value}}) == {"age": None}
    assert notes == ([("age", "integer", value)] if is_reported else [])
