"""A parent is requested once, and again only if it changed after that."""

import pytest

from source_zendesk.extract import requested_parents
from source_zendesk.extract.requested_parents import RequestedParents

TICKET = {"ticket_id": 1}


def test_a_parent_is_due_once() -> None:
    parents = RequestedParents()
    assert parents.is_due(TICKET, 50, requested_at=100)
    assert not parents.is_due(TICKET, 50, requested_at=100)
    assert not parents.is_due(TICKET, 99, requested_at=200)
    assert parents.is_due({"ticket_id": 2}, 50, requested_at=200)


def test_a_change_in_the_second_of_the_request_or_later_is_due() -> None:
    for changed_at in (100, 101):
        parents = RequestedParents()
        parents.is_due(TICKET, 50, requested_at=100)
        assert parents.is_due(TICKET, changed_at, requested_at=200)
        assert not parents.is_due(TICKET, 199, requested_at=300)


def test_a_parent_without_a_time_is_always_due() -> None:
    parents = RequestedParents()
    assert parents.is_due(TICKET, None, requested_at=100)
    assert parents.is_due(TICKET, None, requested_at=100)


def test_the_oldest_parents_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requested_parents, "MAX_PARENTS", 10)
    parents = RequestedParents()
    for number in range(30):
        assert parents.is_due({"ticket_id": number}, 1, requested_at=100)
    assert not parents.is_due({"ticket_id": 29}, 1, requested_at=100)
    assert not parents.is_due({"ticket_id": 20}, 1, requested_at=100)
    assert parents.is_due({"ticket_id": 0}, 1, requested_at=100)
