"""Each key counts once, and rows without a key are detected."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.extract import distinct_keys
from source_zendesk.extract.distinct_keys import DistinctKeys


def added(names: list[str], rows: list[dict[str, Any]], **values: Any) -> DistinctKeys:
    keys = DistinctKeys(names)
    keys.add(rows, values)
    return keys


@given(st.lists(st.tuples(st.integers(), st.text())))
def test_repeated_key_counts_once(keys: list[tuple[int, str]]) -> None:
    found = added(["id", "name"], [{"id": number, "name": name} for number, name in keys])
    assert (found.count(), found.is_complete) == (len(set(keys)), True)


def test_partition_values_replace_fields_that_a_row_lacks() -> None:
    keys = added(["user_id", "id"], [{"id": 1}, {"id": 2}], user_id="7")
    keys.add([{"id": 1, "user_id": 7}], {})
    keys.add([{"id": 1}], {"user_id": "8"})
    assert (keys.count(), keys.is_complete) == (3, True)


def test_row_without_a_key_makes_the_count_incomplete() -> None:
    assert not added(["id"], [{"id": 1}, {"id": None}]).is_complete
    assert added(["id"], [{"id": 0}]).is_complete


def test_number_of_keys_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct_keys, "MAX_KEYS", 2)
    keys = added(["id"], [{"id": 1}, {"id": 2}])
    assert keys.is_complete
    keys.add([{"id": 3}], {})
    assert (keys.count(), keys.is_complete) == (2, False)
