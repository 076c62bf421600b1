"""A retriever follows pages by their query, and adds the parents' values to the records."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from airbyte_cdk.models import AirbyteMessage, Type
from airbyte_cdk.sources.types import Record
from requests_mock import Mocker

from source_zendesk.errors import ResponseError
from source_zendesk.extract import page_retriever
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import ListExtractor
from source_zendesk.extract.list_paginators import CursorPaginator
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.stream_context import StreamContext
from unit_tests.account import ACCOUNT, requester

Row = dict[str, Any]
GROUPS = f"{ACCOUNT}/api/v2/groups"


def retriever(endpoint: str = "/api/v2/groups", http_method: str = "GET", **options: Any) -> PageRetriever:
    return PageRetriever(
        name="groups",
        config={},
        endpoint=endpoint,
        requester=requester(http_method=http_method),
        paginator=CursorPaginator("groups", {}, 100),
        extractor=ListExtractor("groups", "groups"),
        incremental_cursor={"class_name": "source_zendesk.extract.cursors.list_cursor.ListCursor"},
        **options,
    )


def read(made: PageRetriever, **values: Any) -> list[Row]:
    return [row for page in made.read_pages({}, values) for row in page.rows]


def page(*ids: int, after: str = "", **more: Any) -> Row:
    meta = {"has_more": bool(after), "after_cursor": after or None}
    return {"groups": [{"id": number} for number in ids], "meta": meta, **more}


def serve(zendesk: Mocker, *pages: Row, query: str = "") -> None:
    """Return the first page, and each other page for the cursor of the previous one."""
    cursor = ""
    for body in pages:
        zendesk.get(f"{GROUPS}?{query}page[size]=100{cursor}", json=body, complete_qs=True)
        cursor = f"&page[after]={body['meta']['after_cursor']}"


def sent_queries(zendesk: Mocker) -> list[dict[str, str]]:
    """The query of each request."""
    return [dict(parse_qsl(urlsplit(sent.url).query)) for sent in zendesk.request_history]


def test_pages_are_followed(requests_mock: Mocker) -> None:
    serve(requests_mock, page(1, 2, after="abc"), page(after="def"), page(3))
    assert read(retriever()) == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert [params.get("page[after]") for params in sent_queries(requests_mock)] == [None, "abc", "def"]


def test_without_a_page_transport_each_record_is_emitted_on_its_own(requests_mock: Mocker) -> None:
    serve(requests_mock, page(1, 2, after="abc"), page(3))
    records = list(retriever().read_records({}))
    assert [(record.stream_name, dict(record)) for record in records if isinstance(record, Record)] == [
        ("groups", {"id": number}) for number in (1, 2, 3)
    ]
    assert len(records) == 3


def test_a_record_without_fields_does_not_end_the_read_of_the_cdk(requests_mock: Mocker) -> None:
    """The CDK reads its queue up to an item that is false, as an empty mapping would be."""
    requests_mock.get(GROUPS, json={"groups": [{}, {"id": 2}]})
    records = list(retriever().read_records({}))
    assert [bool(record) for record in records] == [True, True]


def test_children_contain_the_path_values_and_keep_their_own(requests_mock: Mocker) -> None:
    body = {"groups": [{"id": 1}, {"id": 2, "user_id": 9}], "meta": {"has_more": False}}
    requests_mock.get(f"{ACCOUNT}/api/v2/users/7/groups", json=body)
    made = retriever("/api/v2/users/{user_id}/groups", path_param_types={"user_id": "integer"})
    rows = read(made, user_id=7, include="x")
    assert rows == [{"user_id": 7, "id": 1}, {"id": 2, "user_id": 9}]
    assert sent_queries(requests_mock) == [{"include": "x", "page[size]": "100"}]


def test_fixed_query_is_sent_on_every_page(requests_mock: Mocker) -> None:
    serve(requests_mock, page(1, after="abc"), page(2), query="exclude_deleted=false&")
    read(retriever(query={"exclude_deleted": "false"}))
    assert [params["exclude_deleted"] for params in sent_queries(requests_mock)] == ["false", "false"]


class SavedStates:
    """A checkpoint that collects states."""

    def __init__(self) -> None:
        self.resume_state: State = {}
        self.states: list[State] = []
        self.skipped: list[str] = []

    def advance(self, state: State, pages: int = 0) -> AirbyteMessage:
        self.states.append(state)
        return AirbyteMessage(type=Type.STATE)

    def skip_stream(self, reason: str) -> None:
        self.skipped.append(reason)


def test_a_stream_without_parents_emits_its_state_after_the_records_of_each_page(requests_mock: Mocker) -> None:
    serve(requests_mock, page(1, 2, after="abc"), page(3))
    checkpoint = SavedStates()
    emitted = list(retriever(context=StreamContext(checkpoint=checkpoint)).read_records({}))
    assert [isinstance(each, Record) for each in emitted] == [True, True, False, True, False]
    assert [state.get("page", {}).get("page[after]") for state in checkpoint.states] == ["abc", None]


def test_a_refused_stream_is_skipped_without_a_state(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, status_code=403, json={"error": "Forbidden"})
    checkpoint = SavedStates()
    assert list(retriever(context=StreamContext(checkpoint=checkpoint)).read_records({})) == []
    assert (len(checkpoint.skipped), checkpoint.states) == (1, [])


def test_only_emitted_records_are_transformed_and_counted(requests_mock: Mocker) -> None:
    class Uppercase:
        def transform(self, rows: list[Row]) -> list[Row]:
            return [{"ID": row["id"]} for row in rows]

    serve(requests_mock, page(1, 2))
    context = StreamContext(transformations=[Uppercase()])
    assert read(retriever(context=context)) == [{"id": 1}, {"id": 2}]
    assert context.row_counts.emitted == 0
    records = retriever(context=context).read_records({})
    assert [dict(record) for record in records if isinstance(record, Record)] == [{"ID": 1}, {"ID": 2}]
    assert (context.row_counts.emitted, context.row_counts.received) == (2, 4)


def test_a_page_of_too_many_rows_is_an_error_of_the_stream(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_retriever, "MAX_ROWS", 2)
    serve(requests_mock, page(1, 2, 3))
    with pytest.raises(ResponseError, match="groups: the response has 3 rows"):
        read(retriever())
