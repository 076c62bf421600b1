"""The saved time is read from states of this connector and of Airbyte's."""

from typing import Any

import pytest

from source_zendesk.extract.cursors.legacy_state import (
    EXPORT_FIELDS,
    OVERLAP_IN_SECONDS,
    has_cursor_field,
    legacy_cursor_time,
)

MAY = 1714521600
BEFORE = MAY - OVERLAP_IN_SECONDS
ISO = "2024-05-01T00:00:00Z"
PARTITIONS = {"states": [{"cursor": {"updated_at": ISO}}, {"cursor": {"updated_at": "2024-06-01T00:00:00Z"}}]}


@pytest.mark.parametrize(
    ("state", "others", "time"),
    [
        ({"updated_at": MAY}, EXPORT_FIELDS, MAY),
        ({"updated_at": ISO}, (), MAY),
        ({"updated_at": ISO}, EXPORT_FIELDS, BEFORE),
        ({"generated_timestamp": MAY}, EXPORT_FIELDS, BEFORE),
        ({"generated_timestamp": MAY}, (), None),
        ({"state": {"updated_at": ISO}}, (), BEFORE),
        ({"parent_state": {"tickets": {"generated_timestamp": MAY}}}, EXPORT_FIELDS, BEFORE),
        ({"updated_at": "2024-06-01T00:00:00Z", "state": {"updated_at": ISO}}, EXPORT_FIELDS, BEFORE),
        (PARTITIONS, (), BEFORE),
        ({"state": {"updated_at": ISO}, "states": [{"cursor": {"updated_at": "2020-01-01"}}]}, (), BEFORE),
        ({"updated_at": "never"}, EXPORT_FIELDS, None),
        ({}, EXPORT_FIELDS, None),
        ({"states": None, "parent_state": None, "state": None}, EXPORT_FIELDS, None),
        ({"updated_at": 5, "generated_timestamp": MAY}, EXPORT_FIELDS, 5),
        ({"created_at": 5}, EXPORT_FIELDS, 0),
    ],
)
def test_earliest_time_up_to_which_rows_were_read(state: Any, others: Any, time: int | None) -> None:
    assert legacy_cursor_time(state, "updated_at", others) == time


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"updated_at": ISO}, True),
        ({"state": {"updated_at": ISO}}, True),
        ({"parent_state": {"tickets": {"updated_at": ISO}}}, True),
        ({"generated_timestamp": MAY}, False),
        (None, False),
    ],
)
def test_has_cursor_field(state: Any, *, found: bool) -> None:
    assert has_cursor_field(state, "updated_at") is found
