"""The values of parents: of records, fixed ones, and those of `inputs`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from source_zendesk.errors import ConfigError, ResponseError, UnavailableError
from source_zendesk.extract.page import Page
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.partitions import iter_partitions
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.manifest import ParentRef
from unit_tests.extract.test_partitions import IDS, State, StubReader, numbered, values_of


def test_excluded_rows_and_rows_without_a_value_have_no_partition() -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "status": "deleted"},
        {"id": None},
        {"id": ""},
        {"id": 2, "status": "open"},
        {"id": 0},
    ]
    assert values_of(
        iter_partitions([ParentSource(replace(IDS, unless={"status": "deleted"}), StubReader((rows,)))], {})
    ) == [
        {"ticket_id": 2},
        {"ticket_id": 0},
    ]


def test_any_value_of_a_field_can_exclude_a_row() -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "deleted_at": "2024-01-01T00:00:00Z"},
        {"id": 2, "deleted_at": None},
        {"id": 3},
    ]
    found = values_of(
        iter_partitions([ParentSource(replace(IDS, unless={"deleted_at": "any"}), StubReader((rows,)))], {})
    )
    assert found == [{"ticket_id": 2}, {"ticket_id": 3}]


def test_a_list_excludes_itself_and_each_of_its_values() -> None:
    kinds = ["text", "tagger", None, ["text", "date"], ["text"], []]
    rows = [{"id": number, "type": kind} for number, kind in enumerate(kinds)]
    for excluded, left in ((["text", "date"], [1, 2, 4, 5]), ([], [0, 1, 2, 3, 4])):
        source = ParentSource(replace(IDS, unless={"type": excluded}), StubReader((rows,)))
        assert values_of(iter_partitions([source], {})) == [{"ticket_id": number} for number in left]


def test_ids_are_joined_in_batches() -> None:
    found = values_of(
        iter_partitions([ParentSource(ParentRef(fields={"ids": "id"}, batch=2), numbered([1, 2, 3, 4, 5]))], {})
    )
    assert found == [{"ids": "1,2"}, {"ids": "3,4"}, {"ids": "5"}]


def test_pattern_extracts_the_value_from_a_text() -> None:
    rows = [{"placeholder": "{{dc.hello}}"}, {"placeholder": "none"}]
    parent = ParentSource(
        ParentRef(fields={"identifiers": "placeholder"}, pattern=r"dc[.]([^}]+)"), StubReader((rows,))
    )
    assert values_of(iter_partitions([parent], {})) == [{"identifiers": "hello"}]


def test_fixed_values_precede_those_of_a_stream() -> None:
    reader = StubReader(([{"key": "car"}], [{"key": "boat"}]))
    parent = ParentSource(ParentRef(fields={"type": "key"}, values=["zen:user"], prefix="zen:"), reader)
    everything = ["zen:user", "zen:car", "zen:boat"]
    states = [{}, *(partition.next_state for partition in iter_partitions([parent], {}))]
    for state, left in zip(states, [3, 2, 2, 1, 1, 0, 0], strict=True):
        assert [values["type"] for values in values_of(iter_partitions([parent], state))] == everything[3 - left :]


def test_read_starts_at_the_initial_state() -> None:
    parent = ParentSource(IDS, numbered([1], [2]), initial_state={"page": 1})
    assert values_of(iter_partitions([parent], {})) == [{"ticket_id": 2}]
    assert values_of(iter_partitions([parent], {"parent": {"page": 0}})) == [{"ticket_id": 1}, {"ticket_id": 2}]


def test_inputs_of_rows_are_combined_with_each_row_after_the_fixed_ones() -> None:
    source = ParentSource(IDS, numbered([1], [2]), inputs=({"query": "a"},), inputs_of_rows=({"query": "b"},))
    assert values_of(iter_partitions([source], {})) == [
        {"query": "a"},
        {"query": "b", "ticket_id": 1},
        {"query": "b", "ticket_id": 2},
    ]


def test_inputs_of_rows_are_used_without_rows_that_zendesk_refuses() -> None:
    class Refused:
        def read_pages(self, _: State) -> Iterator[Page]:
            raise StreamSkipped("403")

    source = ParentSource(IDS, Refused(), inputs=({"query": "a"},), inputs_of_rows=({"query": "b"},))
    *_, end = iter_partitions([source], {})
    assert values_of(iter_partitions([source], {})) == [{"query": "a"}, {"query": "b"}]
    assert end.next_state == {"parent": {}}


@dataclass
class FailingReader:
    """A list that cannot be read."""

    failure: Exception

    def read_pages(self, _: State) -> Iterator[Page]:
        raise self.failure


FAILURES = (
    StreamSkipped("forbidden"),
    ConfigError("refused"),
    ResponseError("templates", "no list"),
    UnavailableError("templates", "status 500"),
)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_all_parents_are_requested_if_the_list_of_a_feature_cannot_be_read(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    parent = replace(IDS, stream="tickets", unless_empty="templates")
    with caplog.at_level("INFO", "airbyte"):
        partitions = iter_partitions([ParentSource(parent, numbered([1, 2]), feature=FailingReader(failure))], {})
        assert values_of(partitions) == [{"ticket_id": 1}, {"ticket_id": 2}]
    assert f"any `templates` is unknown ({failure})" in caplog.text


def test_an_error_of_the_connector_itself_is_raised() -> None:
    source = ParentSource(IDS, numbered([1]), feature=FailingReader(KeyError("bug")))
    with pytest.raises(KeyError):
        list(iter_partitions([source], {}))
