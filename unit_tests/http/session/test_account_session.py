"""An account session is bounded, restricted to the account, and uses proxies but no credentials of the environment."""

from pathlib import Path
from typing import Any

import pytest
import requests

from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.origin_guard import CrossOriginError
from source_zendesk.http.session import account_session
from unit_tests.account import ACCOUNT

GROUPS = f"{ACCOUNT}/api/v2/groups"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requested addresses; each redirects to its own query."""
    addresses: list[str] = []

    def send(_: BoundedAdapter, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url, response.status_code = request, str(request.url), 302
        response.headers["Location"] = response.url.partition("?")[2]
        response._content = b""
        addresses.append(response.url)
        return response

    monkeypatch.setattr(BoundedAdapter, "send", send)
    return addresses


def test_responses_are_bounded_and_other_origins_are_blocked(sent: list[str]) -> None:
    session = account_session(ACCOUNT)
    session.get(GROUPS, timeout=1)
    for address in ("https://example.com/", "http://acme.zendesk.com/", "https://acme.zendesk.com:8443/"):
        with pytest.raises(CrossOriginError):
            session.get(address, timeout=1)
    assert sent == [GROUPS]


@pytest.mark.parametrize("others", [None, set[str]()])
def test_an_invalid_location_header_is_dropped(others: set[str] | None, sent: list[str]) -> None:
    session = account_session(ACCOUNT, others)
    request = requests.Request("GET", f"{GROUPS}?https://acme.zendesk.com:port/").prepare()
    assert "Location" not in session.send(request, allow_redirects=False).headers
    assert len(sent) == 1


def test_a_session_without_other_origins_leaves_redirects_to_the_caller(sent: list[str]) -> None:
    response = account_session(ACCOUNT).get(f"{GROUPS}?https://evil.example/", timeout=1, allow_redirects=False)
    assert response.headers["Location"] == "https://evil.example/"
    assert len(sent) == 1


def test_a_passed_session_is_prepared_and_returned() -> None:
    session = requests.Session()
    assert account_session(ACCOUNT, set(), session) is session
    assert not session.trust_env


def test_no_credentials_come_from_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default\nlogin stranger\npassword secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    request = requests.Request("GET", GROUPS)
    assert "Authorization" in requests.Session().prepare_request(request).headers
    assert "Authorization" not in account_session(ACCOUNT).prepare_request(request).headers
