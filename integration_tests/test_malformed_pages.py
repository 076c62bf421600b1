"""With any value anywhere in a page, its stream is complete or ends in an error that names it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordingServer
from integration_tests.sample_pages import SAMPLE_PAGES, UNUSUAL_VALUES, Path, SamplePage, with_value
from integration_tests.samples import combine

UNNAMED = re.compile(r"unexpected|traceback|something went wrong|exception", re.IGNORECASE)
REMEDY = re.compile(r"run the sync again|report it|read list_\w+|remove it from|correct the brand", re.IGNORECASE)
NAMES = [f"{place}: {kind.stream}" for place, kind in enumerate(SAMPLE_PAGES)]
BY_NAME = dict(zip(NAMES, SAMPLE_PAGES, strict=True))


def read(kind: SamplePage, body: Any) -> Result:
    with RecordingServer(kind.responder(body)) as recorder:
        return sync({**recorder.config(), **kind.config}, [kind.stream])


def ids(result: Result, kind: SamplePage) -> set[Any]:
    return {row.get("id") for row in result.records[kind.stream]}


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_pages_are_valid(name: str) -> None:
    result = read(BY_NAME[name], BY_NAME[name].first)
    assert not result.errors
    assert result.records[BY_NAME[name].stream]


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=4,
    phases=[Phase.generate],
)
@given(data=st.data())
def test_an_unusual_value_anywhere_is_emitted_or_an_error(name: str, data: st.DataObject) -> None:
    kind = BY_NAME[name]
    path = data.draw(st.sampled_from(list(kind.paths())))
    result = read(kind, with_value(kind.first, path, data.draw(st.sampled_from(list(UNUSUAL_VALUES.values())))))
    assert result.statuses[kind.stream][-1] in ("COMPLETE", "INCOMPLETE")
    assert [error for error in result.errors if UNNAMED.search(error)] == []
    if result.statuses[kind.stream][-1] == "INCOMPLETE":
        assert result.stream_errors[kind.stream].startswith("Stream ")
        assert REMEDY.search(result.stream_errors[kind.stream])


STEERING: dict[str, list[Path]] = {
    "tickets": [("end_of_stream",), ("after_cursor",)],
    "organizations": [("end_of_stream",), ("next_page",), ("end_time",)],
    "calls": [("next_page",), ("count",), ("end_time",)],
    "export_routing_attributes": [("next_page",)],
    "export_custom_object_records": [("meta",), ("meta", "has_more"), ("meta", "after_cursor")],
    "groups": [("meta", "has_more"), ("meta", "after_cursor")],
    "active_views": [("next_page",), ("count",)],
    "ticket_audits": [("before_url",)],
    "approval_requests": [("after_cursor",)],
    "chats": [("next_page",), ("end_time",), ("end_id",)],
    "list_chats": [("next_url",)],
    "wfm_activities": [("metadata",), ("metadata", "next")],
    "wfm_agents": [("metadata",), ("metadata", "next")],
    "wfm_report_rows": [("metadata",), ("metadata", "next")],
    "wfm_shifts": [("metadata",), ("metadata", "total")],
    "wfm_time_off": [("pagination",), ("pagination", "next")],
    "messaging_apps": [("meta",), ("meta", "hasMore"), ("meta", "afterCursor")],
    "messaging_messages": [("meta",), ("meta", "hasMore"), ("meta", "beforeCursor")],
}
FIELDS = [(stream, path) for stream, paths in STEERING.items() for path in paths]


@pytest.mark.parametrize(("field", "value"), combine(FIELDS, [0, -1, 10**30, [], [1], "false"]), ids=str)
def test_a_field_of_another_type_does_not_truncate_a_stream(field: tuple[str, Path], value: Any) -> None:
    stream, path = field
    kind = next(kind for kind in SAMPLE_PAGES if kind.stream == stream)
    result = read(kind, with_value(kind.first, path, value))
    if ids(result, kind) < {1, 2, 3}:
        assert f"Stream {stream}: " in result.stream_errors[stream]
        assert str(path[-1]) in result.stream_errors[stream]


@pytest.mark.parametrize("value", [[1], {"a": 1}, True, 1.5], ids=str)
def test_a_parent_id_invalid_in_a_path_is_named(value: Any) -> None:
    kind = [kind for kind in SAMPLE_PAGES if kind.stream == "show_group"][1]
    result = read(kind, with_value(kind.first, ("groups", 0, "id"), value))
    assert "Stream show_group: " in result.stream_errors["show_group"]
    assert "`id` is" in result.stream_errors["show_group"]
