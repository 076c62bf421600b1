"""Every response to a write becomes at least one record."""

from typing import Any

import pytest

from source_zendesk.writes.write_response import WriteResponseExtractor


@pytest.mark.parametrize(
    ("key", "body", "rows"),
    [
        ("ticket", {"ticket": {"id": 1}, "audit": {}}, [{"id": 1}]),
        ("ticket", {"ticket": [{"id": 1}, {"id": 2}]}, [{"id": 1}, {"id": 2}]),
        ("ticket", {"id": 1}, [{"id": 1}]),
        ("ticket", {"ticket": None}, [{}]),
        ("tags", {"tags": ["a", "b"]}, [{"tag": "a"}, {"tag": "b"}]),
        ("tags", {"tags": []}, [{}]),
        ("", {"id": 1}, [{"id": 1}]),
        ("", "done", [{"tag": "done"}]),
        ("", None, [{}]),
        ("", "", [{}]),
    ],
)
def test_a_response_becomes_at_least_one_record(key: str, body: Any, rows: list[Any]) -> None:
    assert WriteResponseExtractor(name="s", record_key=key, item_field="tag").extract(body) == rows
