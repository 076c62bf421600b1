"""Undeclared fields and types of records are reported page by page."""

from typing import Any

import pytest

from source_zendesk.extract.schema_drift import SchemaDriftDetector, usable_schema
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.record_schema import UNDECLARED
from source_zendesk.output.schema_drift_report import SchemaDriftReport

OWN = {
    "properties": {
        "id": {"type": ["null", "integer"]},
        "name": {"type": "string"},
        "any": {},
        "either": {"type": ["null", "string", "object"]},
        "rate": {"type": ["null", "number"]},
    }
}


def found(rows: list[dict[str, Any]], caplog: pytest.LogCaptureFixture, catalog: Any = OWN) -> str:
    findings = SchemaDriftReport()
    assert SchemaDriftDetector("things", catalog, OWN, findings, collects=False).transform(rows) == rows
    caplog.clear()
    with caplog.at_level("INFO", "airbyte"):
        findings.log_report()
    return "".join(caplog.messages)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"id": 1, "name": "a", "any": [1], "either": {}, "rate": 2}, {"id": None, "name": None, "rate": 1.5}],
        [{"id": 2.0, "any": 1}, {"id": 3.0, "any": "b"}],
    ],
)
def test_declared_values_are_not_reported(rows: list[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    assert found(rows, caplog) == ""


@pytest.mark.parametrize("rest", [{}, {"name": "b"}], ids=["laid out alike", "laid out otherwise"])
def test_mismatches_are_reported(rest: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"id": 1.5, "either": 4}, {"id": True, "either": None, **rest}, {"id": 2.5, "either": "a"}]
    logged = found(rows, caplog)
    assert "`id` is declared integer, but Zendesk sent 3 values such as " in logged
    assert "`either` is declared string or object, but Zendesk sent 1 value such as whole number" in logged


def test_no_schema_declares_the_collecting_field() -> None:
    manifest = Manifest.load()
    for entry in manifest.endpoints.values():
        assert UNDECLARED not in manifest.record_schema(entry)["properties"], entry.name


def test_field_named_like_the_collecting_field_is_collected() -> None:
    catalog = {"properties": {**OWN["properties"], UNDECLARED: {"type": ["null", "object"]}}}
    rows = [{"id": 1, UNDECLARED: {"a": 1}, "new": 2}, {"id": 2, UNDECLARED: {"b": 1}}]
    assert SchemaDriftDetector("things", catalog, catalog, SchemaDriftReport(), collects=True).transform(rows) == [
        {"id": 1, UNDECLARED: {UNDECLARED: {"a": 1}, "new": 2}},
        {"id": 2, UNDECLARED: {UNDECLARED: {"b": 1}}},
    ]


@pytest.mark.parametrize(
    ("schema", "usable"),
    [
        (OWN, OWN),
        ({"properties": {"id": 5, "name": {"type": "string"}}}, {"properties": {"name": {"type": "string"}}}),
        ({"properties": [1]}, {"properties": {}}),
        ({"properties": None}, {"properties": {}}),
        ({"properties": {"id": {"type": {"a": 1}}}}, {"properties": {"id": {}}}),
        ({"properties": {"id": {"type": ["null", ["x"]]}}}, {"properties": {"id": {}}}),
        (
            {"properties": {"custom": {"type": "object", "properties": {"field_1": 5}}}},
            {"properties": {"custom": {"type": "object", "properties": {}}}},
        ),
        ({"items": {"properties": {"a": None}}}, {"items": {"properties": {}}}),
        (None, {}),
    ],
)
def test_a_field_whose_schema_is_no_object_is_not_declared(schema: Any, usable: Any) -> None:
    assert usable_schema(schema) == usable
