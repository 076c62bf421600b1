"""Custom fields are emitted as typed columns as declared in the catalog, next to Zendesk's original fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from integration_tests.custom_field_cases import FIELD_CASES, FieldCase, add_fields, column_of
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, configured_catalog, run

LISTS = {
    "ticket_fields": "/api/v2/ticket_fields", "user_fields": "/api/v2/user_fields",
    "organization_fields": "/api/v2/organization_fields", "custom_objects": "/api/v2/custom_objects",
    "custom_object_fields of the custom object object_2": "/api/v2/custom_objects/object_2/fields",
}  # fmt: skip


def discover(zendesk: Emulator, **settings: Any) -> dict[str, Row]:
    result = run("discover", config=zendesk.config(**{"custom_fields": "columns", "catalog": "complete"} | settings))
    assert result.errors == []
    return result.catalog


def read(zendesk: Emulator, catalog: Mapping[str, Row], streams: list[str], **settings: Any) -> Result:
    config = zendesk.config(**{"custom_fields": "columns"} | settings)
    result = run("read", config=config, catalog=configured_catalog(catalog, streams))
    assert result.errors == []
    return result


def columns(catalog: Mapping[str, Row], stream: str) -> dict[str, Row]:
    properties: dict[str, Row] = catalog[stream]["json_schema"]["properties"]["custom"]["properties"]
    return properties


def assert_valid(schema: Row, rows: list[Row]) -> None:
    check = Draft7Validator(schema["properties"]["custom"], format_checker=FormatChecker())
    assert [error.message for row in rows for error in check.iter_errors(row["custom"])] == []


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[Emulator, dict[str, list[tuple[Row, FieldCase]]]]]:
    """Forty more ticket fields, and user and organization fields of every type; the newest row of each has all."""
    with Emulator(seed=1, rows=4, tickets=6) as zendesk:
        made = {name: add_fields(zendesk, name, 40) for name in ("ticket_fields", "user_fields", "organization_fields")}
        values = [{"id": row["id"], "value": kind.sent} for row, kind in made["ticket_fields"]]
        zendesk.store.create("tickets", custom_fields=values, fields=values)
        for name in ("users", "organizations"):
            field = f"{name.removesuffix('s')}_fields"
            zendesk.store.create(name, **{field: {row["key"]: kind.sent_elsewhere for row, kind in made[field]}})
        zendesk.clock.advance(seconds=120)
        yield zendesk, made


Account = tuple[Emulator, dict[str, list[tuple[Row, FieldCase]]]]


def test_discover_declares_each_field_by_its_type(account: Account) -> None:
    zendesk, made = account
    assert run("check", config=zendesk.config(custom_fields="columns")).connection_status == {"status": "SUCCEEDED"}
    catalog = discover(zendesk)
    for stream, fields, name in (
        ("tickets", "ticket_fields", lambda row: f"field_{row['id']}"),
        ("users", "user_fields", lambda row: row["key"]),
        ("organizations", "organization_fields", lambda row: row["key"]),
    ):
        found = columns(catalog, stream)
        assert set(found) == {name(row) for row in zendesk.store.all(fields) if row.get("removable", True)}
        for row, kind in made[fields]:
            labels = {"title": row["title"], "description": row["description"]}
            assert found[name(row)] == {**kind.schema, **labels}, kind.type


def test_every_stream_of_the_same_records_has_the_same_columns(account: Account) -> None:
    zendesk, made = account
    catalog = discover(zendesk, sideloads=[{"stream": "list_tickets", "include": ["users"]}])
    ways = ["tickets", "export_tickets_by_time", "list_tickets", "show_ticket", "show_many_tickets", "tickets_search"]
    others = {"user_fields": ["users", "list_users", "show_user"], "organization_fields": ["organizations"]}
    request_count = len(zendesk.requests)
    result = read(zendesk, catalog, [*ways, *(name for names in others.values() for name in names)])
    last = max(row["id"] for row in result.records["tickets"])
    expected = {f"field_{row['id']}": column_of(kind, kind.sent) for row, kind in made["ticket_fields"]}
    for stream in ways:
        (row,) = [row for row in result.records[stream] if row["id"] == last]
        assert row["custom"] == expected, stream
        assert [one["value"] for one in row["custom_fields"]] == [kind.sent for _, kind in made["ticket_fields"]]
    for fields, streams in others.items():
        expected = {row["key"]: column_of(kind, kind.sent_elsewhere) for row, kind in made[fields]}
        for stream in streams:
            assert expected in [row["custom"] for row in result.records[stream]], stream
    for stream in result.records:
        assert_valid(catalog[stream]["json_schema"], result.records[stream])
    assert not any(request.path in LISTS.values() for request in zendesk.requests[request_count:])
    assert result.warnings == []


def test_sideloaded_objects_have_custom_field_columns(account: Account) -> None:
    zendesk, _ = account
    settings = {"sideloads": [{"stream": "tickets", "include": ["users", "organizations", "groups"]}]}
    catalog = discover(zendesk, **settings)
    rows = read(zendesk, catalog, ["tickets"], **settings).records["tickets"]
    declared = catalog["tickets"]["json_schema"]["properties"]["sideloads"]["properties"]
    assert set(declared) == {"users", "organizations"}
    found = {name: [one for row in rows for one in row["sideloads"][name]] for name in ("users", "organizations")}
    assert all(found.values())
    # Zendesk sideloads users without their custom fields.
    assert {user["custom"] for user in found["users"]} == {None}
    for one in found["organizations"]:
        assert one["custom"]["field_1"] == one["organization_fields"]["field_1"]
        assert set(one["custom"]) == set(one["organization_fields"])
    assert_valid(declared["organizations"]["items"], found["organizations"])
    assert all("custom" not in group for row in rows for group in row["sideloads"]["groups"])


def test_a_field_list_of_several_pages_is_read_completely() -> None:
    with Emulator(seed=1, rows=130, tickets=1) as zendesk:
        catalog = discover(zendesk, catalog="recommended")
        own = [row for row in zendesk.store.all("ticket_fields") if row["removable"]]
    assert len(columns(catalog, "tickets")) == len(own) > 100
    assert len(columns(catalog, "users")) == 130


def test_a_renamed_field_keeps_its_column_and_a_new_field_needs_discover(zendesk: Emulator) -> None:
    before = discover(zendesk)
    renamed = zendesk.store.all("ticket_fields")[0]["id"]
    zendesk.store.update("ticket_fields", renamed, title="Renamed")
    ((added, kind),) = add_fields(zendesk, "ticket_fields", 1)
    values = [{"id": renamed, "value": "still"}, {"id": added["id"], "value": kind.sent}]
    zendesk.store.create("tickets", custom_fields=values)
    zendesk.clock.advance(seconds=120)
    for catalog, expected in (
        (before, {f"field_{renamed}": "still"}),
        (discover(zendesk), {f"field_{renamed}": "still", f"field_{added['id']}": kind.column}),
    ):
        row = max(read(zendesk, catalog, ["tickets"]).records["tickets"], key=lambda row: int(row["id"]))
        assert row["custom"] == expected
        assert [one for one in row["custom_fields"] if one in values] == values
        assert set(columns(catalog, "tickets")) >= set(expected)
    assert columns(catalog, "tickets")[f"field_{renamed}"]["title"] == "Renamed"


MISFITS = {
    "checkbox": "yes", "date": "06/05/2024", "integer": "17.5", "decimal": "many", "multiselect": "vip",
    "text": ["secret"], "lookup": "nobody",
}  # fmt: skip


def test_a_value_that_does_not_fit_its_column_is_null_and_counted(zendesk: Emulator) -> None:
    made = {kind.type: row for row, kind in reversed(add_fields(zendesk, "ticket_fields", len(FIELD_CASES)))}
    values = [{"id": made[kind]["id"], "value": value} for kind, value in MISFITS.items()]
    for _ in range(2):
        zendesk.store.create("tickets", custom_fields=values)
    zendesk.clock.advance(seconds=120)
    result = read(zendesk, discover(zendesk), ["tickets"])
    row = result.records["tickets"][-1]
    assert row["custom"] == {f"field_{made[kind]['id']}": None for kind in MISFITS}
    assert row["custom_fields"] == values
    (warning_text,) = [warning for warning in result.warnings if "Stream tickets" in warning]
    for kind, declared in (("checkbox", "boolean"), ("date", "date"), ("lookup", "integer"), ("multiselect", "texts")):
        assert (
            f"`custom.field_{made[kind]['id']}` is declared {declared}, but Zendesk sent 2 values such as text of"
            in warning_text
        )
    assert (
        f"`custom.field_{made['text']['id']}` is declared text, but Zendesk sent 2 values such as list of texts"
        in warning_text
    )
    assert warning_text.count("is declared") == len(MISFITS)
    assert not any(content in warning_text for content in ("06/05", "secret", "nobody", "many"))


def test_an_empty_value_is_null_without_a_warning(zendesk: Emulator) -> None:
    made = add_fields(zendesk, "ticket_fields", len(FIELD_CASES))
    zendesk.store.create("tickets", custom_fields=[{"id": row["id"], "value": ""} for row, _ in made])
    zendesk.clock.advance(seconds=120)
    result = read(zendesk, discover(zendesk), ["tickets"])
    held = {kind.type: result.records["tickets"][-1]["custom"][f"field_{row['id']}"] for row, kind in made}
    assert held["text"] == ""
    assert [held[kind] for kind in ("checkbox", "date", "integer", "decimal", "multiselect")] == [None] * 5
    assert result.warnings == []


@pytest.mark.parametrize("settings", [{}, {"custom_fields": "as_sent"}])
def test_by_default_no_fields_are_requested_and_records_are_unchanged(settings: Row, quiet_zendesk: Emulator) -> None:
    request_count = len(quiet_zendesk.requests)
    result = run("discover", config=quiet_zendesk.config(**settings))
    assert len(quiet_zendesk.requests) == request_count
    assert not any("custom" in stream["json_schema"]["properties"] for stream in result.catalog.values())
    declared = discover(quiet_zendesk)
    rows = run(
        "read", config=quiet_zendesk.config(**settings), catalog=configured_catalog(declared, ["tickets"])
    ).records
    assert rows["tickets"]
    assert not any("custom" in row for row in rows["tickets"])


def test_a_catalog_older_than_the_setting_has_no_columns_and_a_warning(quiet_zendesk: Emulator) -> None:
    catalog = discover(quiet_zendesk, custom_fields="as_sent")
    result = read(quiet_zendesk, catalog, ["tickets", "groups"])
    assert not any("custom" in row for row in result.records["tickets"])
    (warning,) = result.warnings
    assert (
        "Stream tickets: its catalog declares no `custom`, so custom fields get no columns; run discover again"
        in warning
    )


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("named", LISTS)
def test_a_refused_list_costs_only_its_columns_and_is_warned_of(named: str, status: int, zendesk: Emulator) -> None:
    body = {"error": "Forbidden" if status == 403 else "InvalidEndpoint"}
    zendesk.faults.add(LISTS[named].removeprefix("/api/v2/"), status=status, body=body, times=2)
    config = zendesk.config(custom_fields="columns", catalog="complete")
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    result = run("discover", config=config)
    assert result.errors == []
    streams = ["tickets", "users", "organizations", "export_custom_object_records"]
    lacking = {name for name in streams if named in refused_lists(result.catalog[name])}
    if named == "custom_objects" and status == 404:  # an account without custom objects
        assert (lacking, result.warnings) == (set(), [])
        return
    assert len(lacking) == 1
    assert all(columns(result.catalog, name) for name in streams if name not in lacking)
    (warning,) = result.warnings
    assert f"needs the list {named}, which Zendesk refuses" in warning
    assert (str(status) in warning, "run discover again" in warning) == (True, True)
    synced = read(zendesk, result.catalog, streams)
    assert all(synced.records[name] for name in streams)
    (warning,) = synced.warnings
    assert f"Stream {lacking.pop()}: its catalog has no columns in `custom` for fields of {named}" in warning


def refused_lists(stream: Row) -> list[str]:
    names: list[str] = stream["json_schema"]["properties"]["custom"].get("x-refused-lists", [])
    return names


def test_columns_with_unsafe_keys_have_safe_names_and_an_older_catalog_is_still_read(zendesk: Emulator) -> None:
    for key in ("Plan", "plan", "1st"):
        zendesk.store.create("user_fields", key=key, type="text", system=False)
    user = zendesk.store.create("users", user_fields={"Plan": "gold", "plan": "silver", "1st": "a"})
    zendesk.clock.advance(seconds=120)
    catalog = discover(zendesk)
    assert {"_x0050_lan", "plan", "_x0031_st"} <= set(columns(catalog, "users"))
    result = read(zendesk, catalog, ["users"])
    assert result.warnings == []
    assert custom_of(result, user["id"]) == {"_x0050_lan": "gold", "plan": "silver", "_x0031_st": "a"}

    properties = columns(catalog, "users")
    properties["Plan"] = properties.pop("_x0050_lan")
    older = read(zendesk, catalog, ["users"])
    assert custom_of(older, user["id"]) == {"Plan": "gold", "plan": "silver", "_x0031_st": "a"}
    (warning,) = older.warnings
    assert "Stream users: destinations change names in `custom` of its catalog" in warning
    assert "Plan. They are still read; run discover again for safe names, such as _x0050_lan" in warning


def custom_of(result: Result, user: int) -> Row:
    (custom,) = [row["custom"] for row in result.records["users"] if row["id"] == user]
    return {name: value for name, value in custom.items() if value is not None}


def test_only_streams_of_the_same_objects_have_columns(quiet_zendesk: Emulator) -> None:
    """Search results of several types and records of actions are unchanged."""
    settings = {
        "inputs": [{"stream": "search", "parameters": {"query": "a"}}], "dry_run": True,
        "actions": [{"stream": "create_ticket", "body": {"ticket": {"comment": {"body": "a"}}}}],
    }  # fmt: skip
    catalog = discover(quiet_zendesk, **settings)
    having = {name for name, stream in catalog.items() if "custom" in stream["json_schema"]["properties"]}
    assert {"requests", "ticket_incidents", "list_users", "custom_object_records"} <= having
    assert not {"search", "create_ticket", "groups", "ticket_events", "ticket_fields"} & having
