"""A retriever puts its arguments where they belong, and follows pages by their query alone."""

from typing import Any, cast

import pytest
import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester

from source_zendesk.components.reading.cursors.list_cursor import ListCursor
from source_zendesk.components.reading.extraction.list_rows import ListRows
from source_zendesk.components.reading.page_retriever import PageRetriever
from source_zendesk.components.reading.pagination.cursor_pages import CursorPages
from source_zendesk.components.reading.wiring import Wiring
from source_zendesk.components.requests.error_handler import ZendeskErrorHandler
from source_zendesk.errors import PaginationError
from unit_tests.components.answers import answer

Row = dict[str, Any]


class Server:
    """Answers the bodies it is given, one after the other, and keeps what it was asked."""

    def __init__(self, *bodies: Row) -> None:
        self.bodies = list(bodies)
        self.asked: list[tuple[str, Row, Any]] = []

    def send_request(self, path: str, request_params: Row, request_body_json: Any) -> requests.Response:
        self.asked.append((path, request_params, request_body_json))
        response = answer(200, self.bodies.pop(0))
        ZendeskErrorHandler({}).interpret_response(response)
        return response


def retriever(server: Server, endpoint: str = "/api/v2/groups", **options: Any) -> PageRetriever:
    return PageRetriever(
        name="groups",
        config={},
        endpoint=endpoint,
        requester=cast(Requester, server),
        pagination=CursorPages("groups", {}, 100),
        extraction=ListRows("groups", "groups"),
        cursor=ListCursor({}),
        **options,
    )


def read(made: PageRetriever, **values: Any) -> list[Row]:
    return [row for page in made.walk({}, values) for row in page.rows]


def page(*ids: int, after: str = "", **more: Any) -> Row:
    meta = {"has_more": bool(after), "after_cursor": after or None}
    return {"groups": [{"id": number} for number in ids], "meta": meta, **more}


def test_pages_follow_each_other() -> None:
    server = Server(page(1, 2, after="abc"), page(after="def"), page(3))
    assert read(retriever(server)) == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert [params.get("page[after]") for _, params, _ in server.asked] == [None, "abc", "def"]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (7, "7"),
        ("a/b", "a%2Fb"),
        ("x/me", "x%2Fme"),
        ("a?b#c", "a%3Fb%23c"),
        ("ü %", "%C3%BC%20%25"),
        ("zen:user", "zen%3Auser"),
    ],
)
def test_ids_and_keys_are_escaped_into_the_path(value: Any, path: str) -> None:
    server = Server(page())
    read(retriever(server, "/api/v2/custom_objects/{key}/groups"), key=value)
    assert server.asked[0][0] == f"/api/v2/custom_objects/{path}/groups"


def test_children_carry_the_values_of_the_path_and_keep_their_own() -> None:
    server = Server({"groups": [{"id": 1}, {"id": 2, "user_id": 9}], "meta": {"has_more": False}})
    rows = read(retriever(server, "/api/v2/users/{user_id}/groups"), user_id=7, include="x")
    assert rows == [{"user_id": 7, "id": 1}, {"id": 2, "user_id": 9}]
    assert server.asked[0][1] == {"include": "x", "page[size]": 100}


def test_a_preview_gets_its_arguments_in_the_body_but_for_those_of_the_query() -> None:
    server = Server(page())
    made = retriever(server, body_parameters=True, wiring=Wiring(arguments=frozenset({"locale"})))
    read(made, view={"all": []}, locale="de")
    assert server.asked[0][1:] == ({"locale": "de", "page[size]": 100}, {"view": {"all": []}})


def test_a_fixed_query_is_sent_on_every_page() -> None:
    server = Server(page(1, after="abc"), page(2))
    read(retriever(server, query={"exclude_deleted": "false"}))
    assert [params["exclude_deleted"] for _, params, _ in server.asked] == ["false", "false"]


def test_a_page_that_leads_back_to_itself_is_an_error_and_no_loop() -> None:
    server = Server(page(1, 2, after="abc"), page(3, 4, after="abc"), page(3, 4, after="abc"))
    with pytest.raises(PaginationError, match=r"groups.*the same page again"):
        read(retriever(server))
    assert len(server.asked) == 2
