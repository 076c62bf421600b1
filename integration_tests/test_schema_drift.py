"""Undeclared fields and types are logged at the end of a sync, and collected if configured."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, configured_catalog, discover, run, sync

SECRET = "4111111111111111"
UNKNOWN = {"mission": "win", "jane@example.com": 1, SECRET: 1, "two\nlines": 1}


@pytest.fixture
def growing() -> Iterator[Emulator]:
    """An account with undeclared fields and values of other types."""
    with Emulator(seed=1, rows=12, tickets=30) as zendesk:
        zendesk.store.update("tickets", 4, mood_score=3, ai_summary={"text": "calm"})
        zendesk.store.update("tickets", 5, mood_score=None, ai_summary=None)
        zendesk.store.update(
            "tickets", 6, subject={"en": SECRET, "x@y.z": 1}, brand_id=SECRET, tags=[1, 2], has_incidents=1.5
        )
        zendesk.store.update("tickets", 7, subject={"de": SECRET})
        zendesk.store.update("groups", zendesk.store.table("groups").ids()[2], **UNKNOWN)
        zendesk.clock.advance(hours=1)
        yield zendesk


def drift_lines(result: Result, stream: str) -> list[str]:
    """The schema drift lines of a stream."""
    return [text for text in result.logs if text.startswith(f"Stream {stream}: ") and ": Zendesk sent " in text]


def tickets(result: Result) -> dict[int, dict[str, Any]]:
    assert not result.errors
    return {row["id"]: row for row in result.records["tickets"]}


def test_schema_drift_is_logged_in_one_line_per_stream(growing: Emulator) -> None:
    result = sync(growing.config(), ["groups", "tickets", "brands"])
    (drift_line,) = drift_lines(result, "tickets")
    assert drift_line in result.warnings
    assert "Zendesk sent undeclared fields: `ai_summary`, `mood_score` (" in drift_line
    assert "`unknown_fields`" in drift_line
    assert (
        "`subject` is declared string, but Zendesk sent 2 values such as object with keys en and 1 more" in drift_line
    )
    assert "`brand_id` is declared integer, but Zendesk sent 1 value such as text of 16 digits" in drift_line
    assert "`has_incidents` is declared boolean, but Zendesk sent 1 value such as number" in drift_line
    assert not any(content in str(result.logs) for content in (SECRET, "jane", "two"))
    assert "`mission` and others whose names are not plain words (" in drift_lines(result, "groups")[0]
    assert [("`mission`" in line, "ai_summary" in line) for line in drift_lines(result, "groups")] == [(True, False)]
    assert drift_lines(result, "brands") == []
    assert tickets(result)[4]["mood_score"] == 3
    assert "_undeclared" not in tickets(result)[4]


def test_undeclared_fields_are_collected_into_a_declared_object(growing: Emulator) -> None:
    config = growing.config(unknown_fields="collect")
    declared = discover(config)["tickets"]["json_schema"]["properties"]
    assert declared["_undeclared"]["type"] == ["null", "object"]
    result = sync(config, ["tickets"])
    rows = tickets(result)
    assert rows[4]["_undeclared"] == {"mood_score": 3, "ai_summary": {"text": "calm"}}
    assert rows[5]["_undeclared"] == {"mood_score": None, "ai_summary": None}
    assert all(set(row) <= set(declared) for row in rows.values())
    assert "_undeclared" not in rows[8]
    plain = tickets(sync(growing.config(), ["tickets"]))
    assert {number: row.pop("_undeclared", {}) | row for number, row in rows.items()} == plain
    (drift_line,) = drift_lines(result, "tickets")
    assert "they are kept in `_undeclared`" in drift_line


def test_collected_fields_alone_are_no_warning(growing: Emulator) -> None:
    result = sync(growing.config(unknown_fields="collect"), ["groups"])
    assert "`mission`" in drift_lines(result, "groups")[0]
    assert result.warnings == []


def test_a_field_missing_only_from_the_catalog_is_logged_and_not_collected(growing: Emulator) -> None:
    """Platforms remove deselected columns from the catalog; these must not be emitted in another field."""
    config = growing.config(unknown_fields="collect")
    catalog = configured_catalog(discover(config), ["groups"])
    properties = {**catalog["streams"][0]["stream"]["json_schema"]["properties"]}
    del properties["description"]
    stream = {**catalog["streams"][0]["stream"], "json_schema": {"type": "object", "properties": properties}}
    result = run("read", config=config, catalog={"streams": [{**catalog["streams"][0], "stream": stream}]})
    (drift_line,) = drift_lines(result, "groups")
    assert "Zendesk sent fields that the catalog excludes: `description` (" in drift_line
    assert all("description" in row for row in result.records["groups"])
    assert [row["_undeclared"] for row in result.records["groups"] if "_undeclared" in row] == [UNKNOWN]


def test_a_catalog_can_declare_additional_fields(growing: Emulator) -> None:
    config = growing.config(unknown_fields="collect")
    catalog = configured_catalog(discover(config), ["groups"])
    schema = catalog["streams"][0]["stream"]["json_schema"]
    more = {"type": "object", "properties": {**schema["properties"], "mission": {"type": ["null", "string"]}}}
    stream = {**catalog["streams"][0]["stream"], "json_schema": more}
    result = run("read", config=config, catalog={"streams": [{**catalog["streams"][0], "stream": stream}]})
    assert "`" not in drift_lines(result, "groups")[0].split(" (")[0]
    assert [row["mission"] for row in result.records["groups"] if "mission" in row] == ["win"]


def test_a_catalog_without_schemas_uses_the_stream_schemas(growing: Emulator) -> None:
    catalog = configured_catalog(discover(growing.config()), ["groups"])
    stream = {**catalog["streams"][0]["stream"], "json_schema": {}}
    result = run("read", config=growing.config(), catalog={"streams": [{**catalog["streams"][0], "stream": stream}]})
    assert "Zendesk sent undeclared fields: `mission` and others" in drift_lines(result, "groups")[0]


def test_schema_drift_of_concurrent_children_is_logged_once(growing: Emulator) -> None:
    for row in growing.store.all("user_identities"):
        growing.store.update("user_identities", row["id"], strength=1)
    result = sync(growing.config(), ["list_user_identities"])
    assert len(drift_lines(result, "list_user_identities")) == 1
