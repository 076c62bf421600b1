"""An action has the path and the query of its request, and a fingerprint."""

from pathlib import Path
from typing import Any

import pytest

from source_zendesk.writes.action import Action, query_value
from source_zendesk.writes.upload_file import UploadFile


def test_ids_are_escaped_in_the_path() -> None:
    action = Action("show", {"ticket_id": "x/1?a=b", "other": 2})
    assert action.path("/api/v2/tickets/{ticket_id}") == "/api/v2/tickets/x%2F1%3Fa%3Db"
    assert action.query(["ticket_id"]) == {"other": "2"}


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("ids", [1, 2], "1,2"),
        ("ids", "1,2", "1,2"),
        ("async", True, "true"),
        ("type[]", ["a", "b"], ["a", "b"]),
    ],
)
def test_query_parameters_have_zendesks_format(name: str, value: Any, sent: Any) -> None:
    assert query_value(name, value) == sent


def test_the_same_request_has_the_same_fingerprint() -> None:
    one = Action("s", {"ids": [1, 2], "a": 1}, {"x": 1, "y": 2})
    same = Action("s", {"a": "1", "ids": "1,2"}, {"y": 2, "x": 1})
    assert one.fingerprint == same.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        Action("t", {"id": 1}, {"a": 1}),
        Action("s", {"id": 2}, {"a": 1}),
        Action("s", {"id": 1}, {"a": "1"}),
        Action("s", {"id": 1}),
    ],
)
def test_another_stream_parameter_or_body_has_another_fingerprint(other: Action) -> None:
    assert Action("s", {"id": 1}, {"a": 1}).fingerprint != other.fingerprint


def test_the_fingerprint_covers_the_content_of_a_file_and_not_its_name(tmp_path: Path) -> None:
    contents = {"a": b"one", "b": b"one", "c": b"two"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    one, same, other = (Action("s", {}, file=UploadFile(tmp_path / name)).fingerprint for name in contents)
    assert one == same != other
