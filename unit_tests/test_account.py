"""The account's custom fields and objects become properties and streams; invalid ones are skipped with a warning."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from source_zendesk.account import Account
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import with_object_streams

MANIFEST = Manifest.load()
TICKETS = MANIFEST.endpoints["tickets"]
ODD: list[Any] = [None, 5, [], ["a"], {}, True, 1.5, "..", "a/../b"]
Lists = dict[str, list[dict[str, Any]]]


class Zendesk:
    """Serves lists by stream, or by stream and custom object as `stream/key`, and records the requested ones."""

    def __init__(self, lists: Lists | None = None, refused: Mapping[str, int] | None = None) -> None:
        self.lists, self.refused, self.requested = lists or {}, refused or {}, list[str]()
        self.account = Account(self.rows, MANIFEST.content["definitions"])

    def rows(self, stream: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        name = "/".join([stream, *values.values()])
        self.requested.append(name)
        if name in self.refused:
            raise StreamSkipped("forbidden", status=self.refused[name])
        return iter(self.lists.get(name, []))


def columns(lists: Lists, stream: str = "tickets") -> dict[str, Any]:
    """The custom columns of a stream."""
    manifest = with_object_streams(MANIFEST, {"custom_object_car": "car"})
    added = Zendesk(lists).account.added_properties(manifest.endpoints[stream], [])
    properties: dict[str, Any] = added["custom"]["properties"]
    return properties


def types(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: schema["type"][-1] for name, schema in properties.items()}


@pytest.mark.parametrize("key", ODD)
def test_object_with_an_invalid_key_is_skipped(key: Any, caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"key": "car"}, {"key": key, "title": "Odd"}, {"key": "car"}, {}]
    assert Zendesk({"custom_objects": rows}).account.custom_object_keys() == ["car"]
    assert repr(key) in caplog.text


@pytest.mark.parametrize("value", ODD)
def test_field_with_invalid_properties_does_not_affect_the_others(value: Any) -> None:
    facts = ("type", "title", "description", "relationship_target_type", "custom_field_options", "id", "key")
    rows = [{"id": 1, "type": "integer"}, *({"id": 2, "type": "lookup", name: value} for name in facts)]
    fields = columns({"ticket_fields": rows})
    assert fields["field_1"]["type"] == ["null", "integer"]
    assert all(isinstance(title, str) for title in (fields["field_1"].get("title", ""),))


@pytest.mark.parametrize("key", [None, "", 0, True, ["a"], 1.5])
def test_a_field_without_a_usable_key_has_no_column(key: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert set(columns({"user_fields": [{"key": key, "type": "text"}, {"key": "car", "type": "text"}]}, "users")) == {
        "car"
    }
    assert "A custom field has no usable `key`, so it has no column" in caplog.text


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ({"type": "checkbox"}, {"type": ["null", "boolean"]}),
        ({"type": "date"}, {"type": ["null", "string"], "format": "date"}),
        ({"type": "decimal"}, {"type": ["null", "number"]}),
        ({"type": "integer"}, {"type": ["null", "integer"]}),
        ({"type": "multiselect"}, {"type": ["null", "array"], "items": {"type": ["null", "string"]}}),
        ({"type": "regexp"}, {"type": ["null", "string"]}),
        ({"type": "no such type"}, {"type": ["null", "string"]}),
        ({"type": "lookup", "relationship_target_type": "zen:user"}, {"type": ["null", "integer"]}),
        ({"type": "lookup", "relationship_target_type": "zen:custom_object:car"}, {"type": ["null", "string"]}),
        (
            {"type": "multi_lookup", "relationship_target_type": "zen:ticket"},
            {"type": ["null", "array"], "items": {"type": ["null", "integer"]}},
        ),
        (
            {"type": "text", "title": "Car", "description": "", "raw_title": "{{dc.car}}"},
            {"type": ["null", "string"], "title": "Car"},
        ),
    ],
)
def test_a_column_has_the_type_and_the_labels_of_its_field(kind: dict[str, Any], column: dict[str, Any]) -> None:
    (schema,) = columns({"ticket_fields": [{"id": 7, **kind}]}).values()
    assert schema == column


def test_names_of_ticket_columns_have_a_prefix_and_system_fields_have_none() -> None:
    rows = [{"id": 1, "type": "subject", "removable": False}, {"id": 2, "type": "text", "removable": True}]
    assert set(columns({"ticket_fields": rows})) == {"field_2"}


def test_a_stream_without_custom_fields_gets_no_properties_and_sends_no_request() -> None:
    zendesk = Zendesk()
    assert [zendesk.account.added_properties(MANIFEST.endpoints[name], []) for name in ("groups", "create_ticket")] == [
        {},
        {},
    ]
    assert zendesk.requested == []


def test_a_sideloaded_object_gets_its_columns_even_in_a_stream_without_custom_fields() -> None:
    zendesk = Zendesk({"user_fields": [{"key": "car", "type": "text"}]})
    added = zendesk.account.added_properties(MANIFEST.endpoints["groups"], ["users"])
    users = added["sideloads"]["properties"]["users"]
    assert (users["type"], types(users["items"]["properties"]["custom"]["properties"])) == (
        ["null", "array"],
        {"car": "string"},
    )


def test_each_list_is_requested_once() -> None:
    zendesk = Zendesk({"custom_objects": [{"key": "car"}], "custom_object_fields/car": [{"key": "doors"}]})
    account = zendesk.account
    manifest = with_object_streams(MANIFEST, {f"custom_object_{key}": key for key in account.custom_object_keys()})
    for stream in ("tickets", "export_custom_object_records", "custom_object_car", "users"):
        account.added_properties(manifest.endpoints[stream], ["users", "organizations"])
    assert sorted(zendesk.requested) == [
        "custom_object_fields/car", "custom_objects", "organization_fields", "ticket_fields", "user_fields",
    ]  # fmt: skip


OBJECTS: Lists = {
    "custom_objects": [{"key": "car"}, {"key": "boat"}],
    "custom_object_fields/car": [
        {"key": "name", "type": "text", "title": "Name of a car"},
        {"key": "size", "type": "integer"},
        {"key": "id", "system": True},
    ],
    "custom_object_fields/boat": [{"key": "name", "type": "text"}, {"key": "size", "type": "decimal"}],
}


def test_the_stream_of_one_object_has_the_columns_of_that_object() -> None:
    assert types(columns(OBJECTS, "custom_object_car")) == {"name": "string", "size": "integer"}


def test_the_stream_of_all_objects_leaves_out_a_key_that_has_several_types() -> None:
    assert types(columns(OBJECTS, "export_custom_object_records")) == {"name": "string"}


@pytest.mark.parametrize("status", [402, 404, 410])
def test_an_account_without_custom_objects_has_none(status: int) -> None:
    assert Zendesk(refused={"custom_objects": status}).account.custom_object_keys() == []


def custom(zendesk: Zendesk, stream: str) -> dict[str, Any]:
    manifest = with_object_streams(MANIFEST, {"custom_object_car": "car"})
    added: dict[str, Any] = zendesk.account.added_properties(manifest.endpoints[stream], [])["custom"]
    return added


def test_a_refused_list_of_objects_leaves_out_their_streams_and_columns(caplog: pytest.LogCaptureFixture) -> None:
    zendesk = Zendesk({"user_fields": [{"key": "plan", "type": "text"}]}, refused={"custom_objects": 403})
    assert zendesk.account.custom_object_keys() == []
    assert custom(zendesk, "export_custom_object_records")["x-refused-lists"] == ["custom_objects"]
    assert types(custom(zendesk, "users")["properties"]) == {"plan": "string"}
    assert "needs the list custom_objects, which Zendesk refuses, forbidden" in caplog.text


@pytest.mark.parametrize("status", [402, 403, 404])
@pytest.mark.parametrize(("stream", "fields"), [("users", "user_fields"), ("organizations", "organization_fields")])
def test_a_refused_list_of_fields_affects_only_its_streams(
    stream: str, fields: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    zendesk = Zendesk({"ticket_fields": [{"id": 7, "type": "text"}]}, refused={fields: status})
    assert (custom(zendesk, stream)["properties"], custom(zendesk, stream)["x-refused-lists"]) == ({}, [fields])
    assert types(custom(zendesk, "tickets")["properties"]) == {"field_7": "string"}
    assert "x-refused-lists" not in custom(zendesk, "tickets")
    assert zendesk.requested.count(fields) == 1
    (warning,) = caplog.messages
    assert f"needs the list {fields}, which Zendesk refuses" in warning
    assert "give the user of `credentials` a role that may read it and run discover again" in warning


def test_the_refused_fields_of_one_object_do_not_affect_the_others(caplog: pytest.LogCaptureFixture) -> None:
    zendesk = Zendesk(OBJECTS, refused={"custom_object_fields/boat": 403})
    assert types(custom(zendesk, "export_custom_object_records")["properties"]) == {"name": "string", "size": "integer"}
    refused = "custom_object_fields of the custom object boat"
    assert custom(zendesk, "export_custom_object_records")["x-refused-lists"] == [refused]
    assert "x-refused-lists" not in custom(zendesk, "custom_object_car")
    assert f"needs the list {refused}" in caplog.text


def test_names_of_columns_are_safe_and_stay_distinct_for_destinations() -> None:
    keys = ["plan", "Plan", "PLAN", "plan_tier", "plan-tier", "1st", "_1st"]
    found = columns({"user_fields": [{"key": key, "type": "text"} for key in keys]}, "users")
    assert list(found) == [
        "plan", "_x0050_lan", "_x0050__x004c__x0041__x004e_", "plan_tier", "plan_x002d_tier", "_x0031_st", "_1st",
    ]  # fmt: skip
