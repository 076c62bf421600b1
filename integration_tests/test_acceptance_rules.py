"""Rules of Airbyte's acceptance tests for the catalog and for reads that the CDK's standard tests do not check."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, configured_catalog, run
from integration_tests.interrupted_syncs import NOW
from source_zendesk.manifest import Manifest

ENDPOINTS = Manifest.load().endpoints
TYPES = {"string", "number", "integer", "boolean", "object", "array"}
TIMES = {"date-time": "timestamp_with_timezone", "date": None}
OBJECTS = ("count", "single_object", "snapshot_object")
"""The families whose streams are one object: settings, limits, definitions and counts."""
WITHOUT_IDENTITY = {
    "dashboard_agent_activity", "execute_view", "list_ticket_group_sla_policy_metrics",
    "list_ticket_sla_policy_metrics", "macro_actions",
}  # fmt: skip
"""Lists whose rows have neither an id nor another identity."""


zendesk = account_fixture(scope="module", seed=2, rows=12, tickets=15, now=NOW, frozen=True)


@pytest.fixture(scope="module")
def catalog(zendesk: Emulator) -> dict[str, Row]:
    """Every stream, with the columns of custom fields and the streams of custom objects."""
    config = zendesk.config(catalog="complete", custom_fields="columns", unknown_fields="collect")
    return run("discover", config=config).catalog


@pytest.fixture(scope="module")
def incremental(catalog: dict[str, Row]) -> list[str]:
    """The incremental streams of the catalog that the configuration without columns offers."""
    return [
        name for name, each in catalog.items() if "incremental" in each["supported_sync_modes"] and name in ENDPOINTS
    ]


@pytest.fixture(scope="module")
def first(zendesk: Emulator, incremental: list[str], catalog: dict[str, Row]) -> Result:
    """The first incremental read of these streams."""
    return run("read", config=zendesk.config(), catalog=configured_catalog(catalog, incremental))


def schemas(schema: Any, path: str = "") -> Iterator[tuple[str, Row]]:
    """Each subschema of fields and items, with its path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from schemas(inner, f"{path}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from schemas(schema["items"], f"{path}[]")


def type_problem(schema: Row) -> str:
    """Why destinations do not support a type; empty if they do. A value of any type may have none."""
    declared = schema.get("type", [])
    kinds = set(declared if isinstance(declared, list) else [declared]) - {"null"}
    if not kinds <= TYPES:
        return f"type {declared}"
    if (text_format := schema.get("format")) and (text_format not in TIMES or kinds != {"string"}):
        return f"format {text_format} of {declared}"
    airbyte_type = schema.get("airbyte_type")
    if airbyte_type and (kinds, airbyte_type) not in (({"string"}, TIMES["date-time"]), ({"integer"}, "integer")):
        return f"airbyte_type {airbyte_type} of {declared}"
    return ""


def test_each_type_is_supported_by_destinations(catalog: dict[str, Row]) -> None:
    found = {
        f"{name}{path}": problem
        for name, stream in catalog.items()
        for path, schema in schemas(stream["json_schema"])
        if (problem := type_problem(schema))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "text"}, "type text"),
        ({"type": "string", "format": "email"}, "format email"), ({"type": "integer", "format": "date"}, "format date"),
        ({"type": "string", "airbyte_type": "integer"}, "airbyte_type integer"),
        ({"type": "string", "airbyte_type": "big_integer"}, "airbyte_type big_integer"),
    ],
)  # fmt: skip
def test_unsupported_types_are_found(schema: Row, problem: str) -> None:
    assert problem in type_problem(schema)


def test_each_incremental_stream_names_its_cursor(catalog: dict[str, Row]) -> None:
    incremental = [each for each in catalog.values() if "incremental" in each["supported_sync_modes"]]
    assert len(incremental) > 50
    assert [each["name"] for each in incremental if not each.get("default_cursor_field")] == []


def test_each_list_has_a_primary_key(catalog: dict[str, Row]) -> None:
    without = {name for name, each in catalog.items() if not each.get("source_defined_primary_key")}
    lists = {name for name in without if ENDPOINTS[name].family not in OBJECTS}
    assert lists == WITHOUT_IDENTITY


def test_each_stream_has_all_statuses_in_order(first: Result, incremental: list[str]) -> None:
    assert first.errors == []
    assert set(first.statuses) == set(incremental)
    for name, statuses in first.statuses.items():
        between = {"RUNNING"} if first.records[name] else set[str]()
        assert (name, statuses[0], set(statuses[1:-1]), statuses[-1]) == (name, "STARTED", between, "COMPLETE")


def test_each_stream_emits_a_state_that_counts_its_records(first: Result, incremental: list[str]) -> None:
    counts: Counter[str] = Counter()
    for state in first.states:
        assert (state["type"], set(state["stream"])) == ("STREAM", {"stream_descriptor", "stream_state"})
        counts[state["stream"]["stream_descriptor"]["name"]] += int(state["sourceStats"]["recordCount"])
    assert dict(counts) == {name: len(first.records[name]) for name in incremental}


def test_a_second_read_with_the_state_emits_no_record_that_is_older(
    zendesk: Emulator, first: Result, incremental: list[str], catalog: dict[str, Row]
) -> None:
    """A stream may emit its newest records again, but fewer than before, unless the state cannot exclude any."""
    again = run("read", config=zendesk.config(), catalog=configured_catalog(catalog, incremental), state=first.state)
    assert again.errors == []
    for name in incremental:
        known = Counter(map(_identity, first.records[name]))
        assert Counter(map(_identity, again.records[name])) - known == Counter(), name
    assert sum(map(len, again.records.values())) < sum(map(len, first.records.values())) / 2


def _identity(row: Row) -> str:
    return json.dumps({name: value for name, value in row.items() if not name.startswith("_ab_")}, sort_keys=True)


def test_a_full_refresh_contains_the_records_of_the_read_before(
    zendesk: Emulator, first: Result, incremental: list[str], catalog: dict[str, Row]
) -> None:
    full = configured_catalog(catalog, incremental, "full_refresh")
    second = run("read", config=zendesk.config(), catalog=full)
    assert second.errors == []
    missing = {
        name: keys
        for name in incremental
        if (keys := _keys(name, first.records[name]) - _keys(name, second.records[name]))
    }
    assert missing == {}


def _keys(stream: str, rows: list[Row]) -> set[tuple[object, ...]]:
    return {tuple(row.get(name) for name in ENDPOINTS[stream].primary_key) for row in rows}
