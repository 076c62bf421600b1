"""Sideloaded objects are joined to the records that refer to them; a missing sideload is an error."""

from typing import Any

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.sideload_join import SideloadJoin
from source_zendesk.manifest import Manifest

Row = dict[str, Any]
REFERENCES = Manifest.load().content["definitions"]["references"]
TICKET = {"id": 1, "group_id": 7, "result_type": "ticket"}
USER = {"id": 2, "default_group_id": 7, "result_type": "user"}


def joined(include: str, row: Row, body: Row) -> Any:
    (found,) = SideloadJoin("things", [include], REFERENCES).join([row], body)
    return next(iter(found["sideloads"].values()))


@pytest.mark.parametrize(
    ("include", "row", "body", "found"),
    [
        ("groups", TICKET, {"groups": [{"id": 7}, {"id": 8}]}, [{"id": 7}]),
        ("abilities", USER, {"abilities": [{"user_id": 1}, {"user_id": 2}]}, [{"user_id": 2}]),
        ("open_ticket_count", USER, {"open_ticket_count": {"2": 5}}, 5),
        ("open_ticket_count", USER, {"open_ticket_count": {"3": 5}}, None),
        ("open_ticket_count", USER, {}, None),
        ("metric_sets", {"id": 1, "metric_set": {"id": 3}}, {}, [{"id": 3}]),
        ("slas", {"id": 1, "slas": {"policy_metrics": []}}, {}, [{"policy_metrics": []}]),
        ("users", {"id": 7, "user_ids": [1, 2]}, {"users": [{"id": 2}]}, [{"id": 2}]),
        ("users", {"id": 7, "users": [{"id": 2}]}, {"users": []}, []),
        ("tickets", {"id": 9, "ticket": {"id": 1}}, {}, [{"id": 1}]),
        ("tickets(groups)", TICKET, {"groups": [{"id": 7}]}, [{"id": 7}]),
        ("tickets(groups)", USER, {}, []),
        ("groups", {"id": 1, "group_id": None}, {}, []),
        ("metric_sets", {"id": 1, "status": "deleted"}, {}, []),
    ],
)
def test_objects_are_joined(include: str, row: Row, body: Row, found: Any) -> None:
    assert joined(include, row, body) == found


@pytest.mark.parametrize(
    ("include", "row"),
    [("groups", TICKET), ("tickets(groups)", TICKET), ("metric_sets", {"id": 1}), ("abilities", USER)],
)
def test_missing_required_sideload_is_an_error(include: str, row: Row) -> None:
    with pytest.raises(ResponseError, match="things"):
        joined(include, row, {})


def test_foreign_sideloads_are_removed_from_a_copy() -> None:
    rows: list[Row] = [{"id": 1, "metric_set": {"id": 2}}, {"id": 3}]
    before = repr(rows)
    assert SideloadJoin("things", foreign=["metric_set"]).join(rows, {}) == [{"id": 1}, {"id": 3}]
    assert repr(rows) == before
