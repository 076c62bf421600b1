"""Values fill the path, the query or the body, and refused parameters are dropped."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from requests_mock import ANY, Mocker

from source_zendesk.extract.page_requester import PageRequester
from source_zendesk.extract.stream_context import RequestContext
from unit_tests.account import ACCOUNT, requester

GROUPS = f"{ACCOUNT}/api/v2/groups"


def asking(endpoint: str = "/api/v2/groups", http_method: str = "GET", **options: Any) -> PageRequester:
    return PageRequester("groups", endpoint, requester(http_method=http_method), **options)


def sent_query(zendesk: Mocker) -> dict[str, str]:
    """The query of the only request."""
    (sent,) = zendesk.request_history
    return dict(parse_qsl(urlsplit(sent.url).query))


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
def test_ids_and_keys_are_escaped_into_the_path(value: Any, path: str, requests_mock: Mocker) -> None:
    requests_mock.get(ANY, json={})
    asking("/api/v2/custom_objects/{key}/groups").send({}, {"key": value}, bypass_cache=False)
    assert urlsplit(requests_mock.request_history[0].url).path == f"/api/v2/custom_objects/{path}/groups"


def test_preview_sends_values_in_the_body_except_query_parameters(requests_mock: Mocker) -> None:
    requests_mock.post(GROUPS, json={})
    preview = asking(http_method="POST", body_parameters=True, context=RequestContext(parameters=frozenset({"locale"})))
    preview.send({"page[size]": 100}, {"view": {"all": []}, "locale": "de"}, bypass_cache=False)
    assert sent_query(requests_mock) == {"locale": "de", "page[size]": "100"}
    assert requests_mock.request_history[0].json() == {"view": {"all": []}}


def test_a_query_in_the_body_is_not_in_the_address(requests_mock: Mocker) -> None:
    requests_mock.post(GROUPS, json={})
    order = {"orderBy": {"column": "startTime"}}
    asking(http_method="POST", query_in_body=True, query=order).send({"page": 2}, {}, bypass_cache=False)
    assert sent_query(requests_mock) == {}
    assert requests_mock.request_history[0].json() == {**order, "page": 2}


def test_includes_of_the_user_and_the_stream_are_combined(requests_mock: Mocker) -> None:
    requests_mock.get(GROUPS, json={})
    both = asking(query={"include": "translations"}, context=RequestContext(include=frozenset({"users"})))
    both.send({}, {}, bypass_cache=False)
    assert sent_query(requests_mock) == {"include": "translations,users"}


def test_optional_parameters_are_dropped_if_refused_by_name() -> None:
    groups = asking(query={"exclude_deleted": "false"}, optional_params=frozenset({"since"}))
    assert not groups.drop_refused_params({}, {"query": "x"}, "query is not allowed")
    assert not groups.drop_refused_params({}, {}, "since is not allowed")
    assert groups.drop_refused_params({"since": 5}, {}, "since and exclude_deleted are not allowed")
    assert groups.params({"since": 5, "page[size]": 100}, {}) == {"page[size]": 100}
