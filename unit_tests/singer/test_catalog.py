"""The Singer catalog has every stream and key, and selects what its metadata says."""

from typing import Any

import pytest

from source_zendesk.singer.catalog import selected_streams, singer_catalog

OPTIONS: dict[str, Any] = {
    "name": "ticket_field_options",
    "json_schema": {"type": ["null", "object"], "properties": {"ticket_field_id": {}, "id": {}, "name": {}}},
    "supported_sync_modes": ["full_refresh"],
    "source_defined_primary_key": [["ticket_field_id"], ["id"]],
}
USERS: dict[str, Any] = {
    "name": "users",
    "json_schema": {"type": ["null", "object"], "properties": {"id": {}, "name": {}, "updated_at": {}}},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_primary_key": [["id"]],
    "default_cursor_field": ["updated_at"],
}
SETTINGS: dict[str, Any] = {
    "name": "account_settings",
    "json_schema": {"type": ["null", "object"], "properties": {"tickets": {}}},
    "supported_sync_modes": ["full_refresh"],
}


def catalog(root: dict[str, Any] | None = None, **fields: dict[str, Any]) -> dict[str, Any]:
    """The Singer catalog of the streams, with metadata of the root and of the fields of `users`."""
    made = singer_catalog([OPTIONS, USERS, SETTINGS])
    for item in made["streams"][1]["metadata"]:
        item["metadata"] |= fields.get(item["breadcrumb"][-1], {}) if item["breadcrumb"] else root or {}
    return made


def test_a_catalog_has_all_columns_of_a_key() -> None:
    assert [entry["key_properties"] for entry in catalog()["streams"]] == [["ticket_field_id", "id"], ["id"], []]


def test_all_streams_are_selected_by_default_and_read_incrementally_if_possible() -> None:
    configured = [stream.configured() for stream in selected_streams(catalog())]
    assert [entry["stream"]["name"] for entry in configured] == ["ticket_field_options", "users", "account_settings"]
    assert [entry["sync_mode"] for entry in configured] == ["full_refresh", "incremental", "full_refresh"]
    assert [entry["stream"]["json_schema"] for entry in configured] == [
        stream["json_schema"] for stream in (OPTIONS, USERS, SETTINGS)
    ]


@pytest.mark.parametrize(
    ("root", "names"),
    [
        ({"selected": False}, ["ticket_field_options", "account_settings"]),
        ({"selected": True}, ["ticket_field_options", "users", "account_settings"]),
        ({"selected-by-default": False}, ["ticket_field_options", "account_settings"]),
    ],
)
def test_the_metadata_of_a_stream_selects_it(root: dict[str, bool], names: list[str]) -> None:
    assert [stream.name for stream in selected_streams(catalog(root))] == names


def test_a_catalog_without_metadata_selects_by_the_old_field() -> None:
    entries: list[dict[str, Any]] = [
        {"tap_stream_id": name, "schema": {}, "selected": name == "users"} for name in ("users", "groups")
    ]
    (stream,) = selected_streams({"streams": entries})
    assert (stream.name, stream.key, stream.is_incremental) == ("users", [], False)


def test_metadata_can_request_a_full_refresh() -> None:
    streams = selected_streams(catalog({"replication-method": "FULL_TABLE"}))
    assert streams[1].configured()["sync_mode"] == "full_refresh"


def test_deselected_fields_leave_the_schema_but_keys_and_cursors_stay() -> None:
    deselected = {"selected": False}
    stream = selected_streams(catalog(id=deselected, name=deselected, updated_at=deselected))[1]
    assert [*stream.selected_schema["properties"]] == ["id", "updated_at"]
    assert stream.configured()["stream"]["json_schema"] == USERS["json_schema"]
