"""The number of pages is in the response."""

import pytest

from source_zendesk.extract.numbered_paginators import NumberedPaginator

PAGES = NumberedPaginator("dashboard_agent_activity", {}, pagination_key="agents_activity.pagination")


def body(pages: int | None) -> dict[str, object]:
    return {"agents_activity": {"agents": [], "pagination": {"current_page": 1, "total_pages": pages}}}


def test_the_next_number_is_requested_until_the_last() -> None:
    assert PAGES.first_query(None) == {}
    assert PAGES.next_query({}, body(3), []) == {"page": 2}
    assert PAGES.next_query({"page": 2}, body(3), []) == {"page": 3}
    assert PAGES.next_query({"page": 3}, body(3), []) is None


@pytest.mark.parametrize(
    "answer", [{"agents_activity": {"agents": []}}, {"agents_activity": None}, body(None), body(0)]
)
def test_a_response_without_a_number_of_pages_is_the_only_page(answer: dict[str, object]) -> None:
    assert PAGES.next_query({}, answer, []) is None
