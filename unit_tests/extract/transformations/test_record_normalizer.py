"""Records contain their parents' ids and the time of the request, and no secret."""

from typing import Any

import pytest

from source_zendesk.extract.transformations import RecordNormalizer, redact_paths

MASK = "****"


@pytest.mark.parametrize(
    ("row", "path", "expected"),
    [
        ({"secret": "abc", "id": 1}, "secret", {"secret": MASK, "id": 1}),
        ({"id": 1}, "secret", {"id": 1}),
        ({"secret": None}, "secret", {"secret": None}),
        ({"a": {"b": "x", "c": 1}}, "a.b", {"a": {"b": MASK, "c": 1}}),
        ({"a": {"b": "x", "c": {"d": 5}}}, "a", {"a": {"b": MASK, "c": {"d": MASK}}}),
        ({"a": [{"b": "x"}, {"b": "y"}]}, "a.b", {"a": [{"b": MASK}, {"b": MASK}]}),
        ({"a": ["x", "y"]}, "a", {"a": [MASK, MASK]}),
        ({"a": "text"}, "a.b", {"a": MASK}),
        ({"a": None}, "a.b", {"a": None}),
        ({"a": "https://u:p@h/x@y"}, "a@", {"a": "https://****@h/x@y"}),
        ({"a": "https://u:p@ss@h"}, "a@", {"a": "https://****@h"}),
        ({"a": {"b": "https://h/x?token=1"}}, "a.b@", {"a": {"b": "https://h/x?token=1"}}),
        (
            {"a": ["GET /\r\nX-Api-Key: s\r\nHost: h", None, 7]},
            "a@",
            {"a": ["GET /\r\nX-Api-Key: ****\r\nHost: h", None, 7]},
        ),
        ({"a": {"c": "text"}}, "a.b", {"a": {"c": "text"}}),
    ],
)
def test_only_values_at_a_path_are_masked(row: dict[str, Any], path: str, expected: dict[str, Any]) -> None:
    before = repr(row)
    assert redact_paths([row], [path]) == [expected]
    assert repr(row) == before


def test_help_center_row_gets_its_brand_unless_it_has_one() -> None:
    finishing = RecordNormalizer(is_per_brand=True)
    rows = finishing.transform([{"id": 1}, {"id": 2, "brand_id": None}, {"id": 3, "brand_id": 7}], {"brand_id": 5}, 0)
    assert [row["brand_id"] for row in rows] == [5, 5, 7]


def test_snapshot_contains_its_time_of_request() -> None:
    assert RecordNormalizer(read_at_field="current_timestamp").transform([{"calls": 1}], {}, 1714521600) == [
        {"current_timestamp": 1714521600, "calls": 1}
    ]
