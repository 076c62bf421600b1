"""Pages of a substream are read parent by parent, and each state resumes after its page."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from source_zendesk.extract.page import Page
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.parent_source import ParentSource
from source_zendesk.extract.substreams import MAX_SUBSTREAM_PARTITIONS, SubstreamReader
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped
from source_zendesk.manifest import ParentRef

State = dict[str, Any]


class Revisions:
    """Two pages of revisions of each trigger; those of some refuse."""

    def __init__(self, *refusing: int, is_permission_denied: bool = True) -> None:
        self.refusing, self.is_permission_denied = refusing, is_permission_denied
        self.requested: list[tuple[int, State]] = []

    def read_pages(self, state: State, values: Mapping[str, Any]) -> Iterator[Page]:
        trigger = values["trigger_id"]
        self.requested.append((trigger, state))
        if trigger in self.refusing:
            raise ParentSkipped("403: no", is_permission_denied=self.is_permission_denied)
        for page in range(state.get("page", 1), 3):
            yield Page([{"id": trigger * 10 + page}], {"page": page}, {"page": page + 1})


def reader_of(revisions: Revisions, *triggers: int, **options: Any) -> SubstreamReader:
    values = tuple({"trigger_id": trigger} for trigger in triggers)
    return SubstreamReader(cast(PageRetriever, revisions), [ParentSource(ParentRef(), inputs=values)], **options)


def ids(pages: list[Page]) -> list[int]:
    return [row["id"] for page in pages for row in page.rows]


def test_pages_of_each_parent_follow_each_other() -> None:
    assert ids(list(reader_of(Revisions(), 1, 2).read_pages({}))) == [11, 12, 21, 22]


def test_every_state_before_the_end_resumes_after_its_page_and_loses_no_row() -> None:
    pages = list(reader_of(Revisions(), 1, 2).read_pages({}))
    assert len(pages) > 4
    for number, page in enumerate(pages[:-1], 1):
        rest = ids(list(reader_of(Revisions(), 1, 2).read_pages(page.next_state)))
        assert [*ids(pages[:number]), *rest] == [11, 12, 21, 22]


def test_position_within_a_deleted_parent_is_not_used_for_another() -> None:
    revisions = Revisions()
    state = {"values": {"trigger_id": 9}, "page": {"page": 2}}
    assert ids(list(reader_of(revisions, 1).read_pages(state))) == [11, 12]
    assert revisions.requested == [(1, {})]


def test_refused_parent_is_skipped_and_the_others_are_read() -> None:
    assert ids(list(reader_of(Revisions(1), 1, 2).read_pages({}))) == [21, 22]


def test_state_does_not_advance_past_a_refused_parent_until_another_returned_pages() -> None:
    first = next(iter(reader_of(Revisions(1), 1, 2).read_pages({})))
    assert ids([first]) == [21]
    assert first.resume_state["slot"] == {"parent": {}, "last": {"trigger_id": 1}}


@pytest.mark.parametrize("is_permission_denied", [True, False])
def test_stream_is_refused_if_every_parent_is(*, is_permission_denied: bool) -> None:
    with pytest.raises(StreamSkipped, match="403: no") as refused:
        list(reader_of(Revisions(1, 2, is_permission_denied=is_permission_denied), 1, 2).read_pages({}))
    assert refused.value.is_permission_denied is is_permission_denied


def test_remaining_parents_may_be_gone() -> None:
    after_the_first = {"slot": {"parent": {}, "last": {"trigger_id": 1}}}
    assert ids(list(reader_of(Revisions(2, is_permission_denied=False), 1, 2).read_pages(after_the_first))) == []
    with pytest.raises(StreamSkipped):
        list(reader_of(Revisions(2), 1, 2).read_pages(after_the_first))


def test_later_read_resumes_within_the_pages_of_each_parent() -> None:
    reader = reader_of(Revisions(), 1, 2, keeps_partition_states=True)
    done = list(reader.read_pages({}))[-1].next_state
    revisions = Revisions()
    assert ids(list(reader_of(revisions, 1, 2, 3, keeps_partition_states=True).read_pages(done))) == [31, 32]
    assert revisions.requested == [(1, {"page": 3}), (2, {"page": 3}), (3, {})]


def test_interrupted_read_resumes_at_its_parent_and_keeps_the_other_states() -> None:
    pages = list(reader_of(Revisions(), 1, 2, keeps_partition_states=True).read_pages({}))
    for number, page in enumerate(pages[:-1], 1):
        rest = list(reader_of(Revisions(), 1, 2, keeps_partition_states=True).read_pages(page.next_state))
        assert [*ids(pages[:number]), *ids(rest)] == [11, 12, 21, 22]
        assert rest[-1].next_state == pages[-1].next_state


def test_refused_parent_keeps_its_state() -> None:
    done = list(reader_of(Revisions(), 1, 2, keeps_partition_states=True).read_pages({}))[-1].next_state
    after = list(reader_of(Revisions(1), 1, 2, keeps_partition_states=True).read_pages(done))[-1].next_state
    assert after["places"] == done["places"]


def test_without_partition_states_all_rows_are_read_again() -> None:
    done = list(reader_of(Revisions(), 1, 2).read_pages({}))[-1].next_state
    assert ids(list(reader_of(Revisions(), 1, 2).read_pages(done))) == [11, 12, 21, 22]


def test_rows_of_more_than_a_hundred_parents_are_read_again() -> None:
    triggers = range(1, MAX_SUBSTREAM_PARTITIONS + 2)
    done = list(reader_of(Revisions(), *triggers, keeps_partition_states=True).read_pages({}))[-1].next_state
    last = triggers[-1] * 10
    assert ids(list(reader_of(Revisions(), *triggers, keeps_partition_states=True).read_pages(done))) == [
        last + 1,
        last + 2,
    ]
