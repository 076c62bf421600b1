"""Each custom object has its own stream: typed, with deletions, and resumable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from integration_tests.custom_field_cases import FIELD_CASES, add_fields, column_of
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, State, configured_catalog, run

EXPORT = "/api/v2/incremental/custom_objects/{}/cursor"


def discover(zendesk: Emulator) -> dict[str, Row]:
    result = run("discover", config=zendesk.config(custom_fields="columns"))
    assert result.errors == []
    return result.catalog


def read(zendesk: Emulator, catalog: dict[str, Row], *streams: str, state: State | None = None, **more: Any) -> Result:
    config = zendesk.config(**{"custom_fields": "columns"} | more)
    return run("read", config=config, catalog=configured_catalog(catalog, streams), state=state)


@pytest.fixture
def account() -> Iterator[Emulator]:
    """Two objects with fields of every type: `car` has 12 records with all fields, and `records` has none."""
    with Emulator(seed=1, rows=2, tickets=2) as zendesk:
        for seeded in zendesk.store.all("custom_objects"):
            zendesk.store.delete("custom_objects", seeded["key"])
        for key in ("car", "records"):
            zendesk.store.create("custom_objects", key=key, title=key.title())
        made = add_fields(zendesk, "custom_object_fields", len(FIELD_CASES), "car")
        values = {row["key"]: kind.sent_elsewhere for row, kind in made}
        for _ in range(12):
            zendesk.store.create("custom_object_records", "car", custom_object_fields=values)
        zendesk.store.create("custom_object_fields", "records", key="own_0", type="integer", system=False)
        zendesk.clock.advance(seconds=120)
        yield zendesk


def test_discover_has_typed_and_generic_custom_object_streams(account: Emulator) -> None:
    catalog = discover(account)
    assert {name for name in catalog if name.startswith("custom_object_") and "limit" not in name} == {
        "custom_object_car", "custom_object_records_object", "custom_object_fields", "custom_object_access_rules",
        "custom_object_permission_policies", "custom_object_records",
    }  # fmt: skip
    assert "export_custom_object_records" in catalog
    for stream in ("custom_object_car", "custom_object_records_object"):
        assert catalog[stream]["source_defined_primary_key"] == [["id"]]
        assert catalog[stream]["default_cursor_field"] == ["updated_at"]
    declared = catalog["custom_object_car"]["json_schema"]["properties"]["custom"]["properties"]
    for number, kind in enumerate(FIELD_CASES):
        labels = {"title": f"Own {number}", "description": f"What {number} says"}
        assert declared[f"own_{number}"] == {**kind.schema, **labels}
    one = catalog["custom_object_records_object"]["json_schema"]["properties"]["custom"]["properties"]
    assert {name: schema["type"] for name, schema in one.items()} == {"own_0": ["null", "integer"]}
    # A field with different types in the two objects has no column in the generic stream.
    both = catalog["export_custom_object_records"]["json_schema"]["properties"]["custom"]["properties"]
    assert set(both) == set(declared) - {"own_0"}


def test_a_custom_object_stream_requests_only_its_object(account: Emulator) -> None:
    catalog = discover(account)
    account.clear_requests()
    result = read(account, catalog, "custom_object_car", "custom_object_records_object")
    rows = result.records["custom_object_car"]
    assert result.errors == []
    assert result.statuses["custom_object_records_object"][-1] == "COMPLETE"
    assert {row["id"] for row in rows} == {
        row["id"] for row in account.store.children("custom_object_records", custom_object_key="car")
    }
    expected = {f"own_{number}": column_of(kind, kind.sent_elsewhere) for number, kind in enumerate(FIELD_CASES)}
    assert [row["custom"] for row in rows] == [expected] * 12
    assert {request.path for request in account.requests} == {EXPORT.format("car"), EXPORT.format("records")}
    check = Draft7Validator(catalog["custom_object_car"]["json_schema"], format_checker=FormatChecker())
    assert [error.message for row in rows for error in check.iter_errors(row)] == []


def test_a_killed_read_resumes_and_a_later_run_emits_changes_and_deletions(
    account: Emulator,
) -> None:
    catalog = discover(account)
    first = read(account, catalog, "custom_object_car", export_page_size=5)
    states = first.states_of("custom_object_car")
    assert [sorted(state) for state in states] == [["cursor", "updated_at"], *[["cursor", "pages", "updated_at"]] * 3]
    emitted = [row["id"] for row in first.records["custom_object_car"]]
    rest = read(account, catalog, "custom_object_car", state=first.state_after(1))
    assert [row["id"] for row in rest.records["custom_object_car"]] == emitted[5:]

    account.store.update("custom_object_records", emitted[0], custom_object_fields={"own_0": "new"})
    account.store.delete("custom_object_records", emitted[1])
    account.clock.advance(seconds=120)
    later = read(account, catalog, "custom_object_car", state=first.state)
    found = {row["id"]: row for row in later.records["custom_object_car"]}
    assert set(found) == {emitted[0], emitted[1]}
    assert found[emitted[0]]["custom"] == {"own_0": "new"}
    deleted = found[emitted[1]]
    assert deleted["name"] == "[DELETED]"
    # The placeholder of a deleted value is a string; in a column of another type it is null, without a warning.
    assert (deleted["custom"]["own_0"], deleted["custom"]["own_7"]) == ("[DELETED]", None)
    assert later.warnings == []


def test_a_deleted_object_is_an_error_if_read_before_and_skipped_otherwise(account: Emulator) -> None:
    catalog = discover(account)
    before = read(account, catalog, "custom_object_car", "groups")
    account.store.delete("custom_objects", "car")
    without_state = read(account, catalog, "custom_object_car", "groups")
    again = read(account, catalog, "custom_object_car", "groups", state=before.state)
    assert without_state.statuses["custom_object_car"][-1] == "COMPLETE"
    assert any("Stream custom_object_car is skipped" in warning for warning in without_state.warnings)
    assert again.statuses["custom_object_car"][-1] == "INCOMPLETE"
    assert "remove the stream from the connection" in again.stream_errors["custom_object_car"]
    assert again.state_of("groups") == before.state_of("groups")


def test_a_custom_object_stream_without_its_setting_names_the_setting(account: Emulator) -> None:
    catalog = discover(account)
    result = read(account, catalog, "custom_object_car", "groups", custom_fields="as_sent")
    assert result.statuses["custom_object_car"][-1] == "INCOMPLETE"
    assert "needs `custom_fields` set to `columns` in the configuration" in result.stream_errors["custom_object_car"]
    assert result.records["groups"]


def test_an_unusable_state_is_refused_by_name(account: Emulator) -> None:
    catalog = discover(account)
    stream = {"stream_descriptor": {"name": "custom_object_car"}, "stream_state": {"cursor": ["a"]}}
    account.clear_requests()
    result = read(account, catalog, "custom_object_car", state=[{"type": "STREAM", "stream": stream}])
    assert "Stream custom_object_car: its state has `cursor` ['a']" in result.errors[0]
    assert account.requests == []


@pytest.mark.parametrize("status", [402, 404])
def test_an_account_without_custom_objects_has_custom_field_columns(status: int, account: Emulator) -> None:
    account.faults.add("custom_objects", status=status, body={"error": "InvalidEndpoint"})
    catalog = discover(account)
    assert "custom_object_car" not in catalog
    assert catalog["users"]["json_schema"]["properties"]["custom"]["properties"]


def test_objects_with_similar_keys_have_distinct_safe_names(account: Emulator) -> None:
    keys = {
        "Car": "custom_object__x0043_ar", "my-car": "custom_object_my_x002d_car", "my_car": "custom_object_my_car",
        "standard::car": "custom_object_standard_x003a__x003a_car",
    }  # fmt: skip
    for key in keys:
        account.store.create("custom_objects", key=key, title=key)
        account.store.create("custom_object_records", key, name=key)
    account.clock.advance(seconds=120)
    catalog = discover(account)
    assert set(keys.values()) | {"custom_object_car"} <= set(catalog)
    result = read(account, catalog, *keys.values())
    assert (result.errors, result.warnings) == ([], [])
    assert {name: [row["name"] for row in rows] for name, rows in result.records.items()} == {
        name: [key] for key, name in keys.items()
    }


def test_a_catalog_and_a_state_with_an_unsafe_name_of_an_earlier_version_are_still_read(account: Emulator) -> None:
    account.store.create("custom_objects", key="my-car", title="My car")
    record = account.store.create("custom_object_records", "my-car", name="a")
    account.clock.advance(seconds=120)
    catalog = discover(account)
    older = {"custom_object_my-car": {**catalog["custom_object_my_x002d_car"], "name": "custom_object_my-car"}}
    first = read(account, older, "custom_object_my-car")
    assert [row["id"] for row in first.records["custom_object_my-car"]] == [record["id"]]
    (warning,) = first.warnings
    assert "Stream custom_object_my-car: destinations change this name" in warning
    assert "`discover` offers the stream as custom_object_my_x002d_car" in warning

    account.store.update("custom_object_records", record["id"], name="b")
    account.clock.advance(seconds=120)
    later = read(account, older, "custom_object_my-car", state=first.state)
    assert [row["name"] for row in later.records["custom_object_my-car"]] == ["b"]


def verdict_by_stream(result: Result) -> dict[str, tuple[Any, Any]]:
    return {row["stream"]: (row["compared"], row["agrees"]) for row in result.records["reconciliation"]}


def test_a_first_run_is_reconciled_with_each_object_count(account: Emulator) -> None:
    catalog, streams = discover(account), ("custom_object_car", "custom_object_records_object", "reconciliation")
    gone = account.store.children("custom_object_records", custom_object_key="car")[0]
    account.store.delete("custom_object_records", gone["id"])
    account.clock.advance(seconds=120)
    first = read(account, catalog, *streams)
    assert verdict_by_stream(first) == {"custom_object_car": (11, True), "custom_object_records_object": (0, True)}
    (row, _) = first.records["reconciliation"]
    assert (row["emitted"], row["counted"]) == (12, 11)
    assert row["counted_by"] == "GET /api/v2/custom_objects/car/records/count"
    # An incremental read cannot be compared with a total count.
    assert verdict_by_stream(read(account, catalog, *streams, state=first.state))["custom_object_car"] == (None, None)

    account.faults.add(EXPORT.format("car").removeprefix("/api/v2/"), kind="withhold", rows=2, times=99)
    withheld = read(account, catalog, *streams)
    # The newest minute is counted and not exported, so that fewer rows are inconclusive.
    assert verdict_by_stream(withheld)["custom_object_car"][1] is None
    assert verdict_by_stream(withheld)["custom_object_car"][0] < 11
