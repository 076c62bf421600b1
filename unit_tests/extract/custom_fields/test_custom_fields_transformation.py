"""Columns are added to records, whose other fields stay unchanged."""

from copy import deepcopy
from typing import Any

from source_zendesk.extract.custom_fields import CUSTOM, CustomFieldsTransformation
from source_zendesk.manifest import Manifest
from source_zendesk.output.schema_drift_report import SchemaDriftReport

FACTS = Manifest.load().content["definitions"]["custom_fields"]
NUMBER = {"type": ["null", "integer"]}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "custom_fields": [{"id": 7, "value": "1"}, {"id": 8, "value": "a"}, {"value": 2}, None, {"id": 7.5}]},
    {"id": 2, "custom_fields": None, "sideloads": {"users": [{"id": 3, "user_fields": {"age": "4", "x": 5}}]}},
    {"id": 3, "custom_fields": "odd", "sideloads": None},
]


def custom(**properties: Any) -> dict[str, Any]:
    return {CUSTOM: {"type": ["null", "object"], "properties": properties}}


def of(schema: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return CustomFieldsTransformation("tickets", "ticket", FACTS, schema, SchemaDriftReport()).transform(rows)


def test_records_get_the_declared_columns_and_rows_stay_unchanged() -> None:
    beside = {"users": {"items": {"properties": custom(age=NUMBER)}}}
    schema = {"properties": {**custom(field_7=NUMBER, field_9=NUMBER), "sideloads": {"properties": beside}}}
    before = deepcopy(ROWS)
    made = of(schema, ROWS)
    assert before == ROWS
    assert [row[CUSTOM] for row in made] == [{"field_7": 1}, None, None]
    assert made[1]["sideloads"] == {"users": [{**ROWS[1]["sideloads"]["users"][0], CUSTOM: {"age": 4}}]}
    assert made[2]["sideloads"] is None


def test_catalog_without_declared_columns_adds_nothing() -> None:
    assert of({}, ROWS) is ROWS
    assert of({"properties": {"id": NUMBER}}, ROWS) is ROWS
    assert of({"properties": custom()}, ROWS)[0][CUSTOM] == {}


def test_no_api_object_has_a_field_of_that_name() -> None:
    having = [
        entry.name
        for entry in Manifest.load().endpoints.values()
        if CUSTOM in Manifest.load().record_schema(entry)["properties"]
    ]
    assert having == []


def test_every_kind_of_record_has_the_values_of_its_columns() -> None:
    for kind, about in FACTS.items():
        entry = next(entry for entry in Manifest.load().endpoints.values() if entry.schema == kind)
        assert about["values"] in Manifest.load().record_schema(entry)["properties"]
        assert about["fields"] in Manifest.load().endpoints


def test_field_of_the_same_name_moves_to_the_next_free_name() -> None:
    (row,) = of({"properties": custom(field_7=NUMBER)}, [{**ROWS[0], CUSTOM: "own", "custom_": "too"}])
    assert row == {**ROWS[0], CUSTOM: {"field_7": 1}, "custom_": "too", "custom__": "own"}
