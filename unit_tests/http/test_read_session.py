"""A read session prepares the same requests as `requests`, although it prepares what they share only once."""

from typing import Any

import pytest
import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.streams.call_rate import APIBudget
from requests_mock import Mocker

from source_zendesk.http.read_session import ReadSession
from unit_tests.account import ACCOUNT

LIST = f"{ACCOUNT}/api/v2/groups"
REQUESTS: dict[str, dict[str, Any]] = {
    "path": {"method": "GET", "url": LIST},
    "port": {"method": "GET", "url": "http://127.0.0.1:8888/api/v2/groups"},
    "encoded path": {"method": "GET", "url": f"{ACCOUNT}/api/v2/tags/a%2Fb%20c"},
    "path that is not encoded": {"method": "GET", "url": f"{ACCOUNT}/api/v2/tags/ä b"},
    "query": {"method": "GET", "url": LIST, "params": {"page[size]": 100, "page[after]": "a=b&c ü+"}},
    "list and null": {"method": "GET", "url": LIST, "params": {"range": ["2024", "2025"], "include": None}},
    "query in the address": {"method": "GET", "url": f"{LIST}?a=1", "params": {"b": 2}},
    "post": {"method": "POST", "url": LIST},
    "body": {"method": "POST", "url": LIST, "json": {"a": 1}},
    "headers": {"method": "GET", "url": LIST, "headers": {"Host": "brand.zendesk.com"}},
}


class Authenticator(DeclarativeAuthenticator):
    """Signs each request with the token that it has at that time."""

    auth_header, token = "Authorization", "Bearer first"


def configured(session: requests.Session) -> requests.Session:
    session.headers.update({"Accept": "application/json", "X-On-Behalf-Of": "a@b.c"})
    session.auth, session.trust_env = Authenticator(), False
    return session


@pytest.fixture
def session() -> requests.Session:
    return configured(ReadSession(APIBudget(policies=[])))


def prepare(session: requests.Session, **request: Any) -> tuple[Any, ...]:
    prepared = session.prepare_request(requests.Request(**request))
    return prepared.method, prepared.url, dict(prepared.headers), prepared.body


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_equal_those_of_requests(name: str, session: requests.Session) -> None:
    for request in (REQUESTS[name], *REQUESTS.values()):
        assert prepare(session, **request) == prepare(configured(requests.Session()), **request)


def test_each_request_is_signed_with_the_current_token(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token in ("Bearer first", "Bearer second"):
        monkeypatch.setattr(Authenticator, "token", token)
        assert prepare(session, **REQUESTS["query"])[2]["Authorization"] == token


def test_a_hook_and_a_cookie_of_a_later_time_are_applied(session: requests.Session, requests_mock: Mocker) -> None:
    requests_mock.get(LIST)
    arrived: list[int] = []
    for value in ("1", "2"):
        session.hooks["response"].append(lambda *_, **__: arrived.append(1))
        session.cookies.set("stick", value)
        session.send(session.prepare_request(requests.Request("GET", LIST)))
    assert len(arrived) == 1 + 2
    assert [sent.headers["Cookie"] for sent in requests_mock.request_history] == ["stick=1", "stick=2"]


def test_settings_are_those_of_the_session_without_an_environment(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "bundle.pem")
    arguments: tuple[Any, ...] = (LIST, {}, None, None, None)
    for trusts_environment in (False, True):
        plain = configured(requests.Session())
        session.trust_env = plain.trust_env = trusts_environment
        assert session.merge_environment_settings(*arguments) == plain.merge_environment_settings(*arguments)
