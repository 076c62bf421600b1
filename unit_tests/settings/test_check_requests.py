"""The requests of `check` retry transient failures, and carry the headers of the configuration."""

import pytest
import requests
from requests_mock import Mocker

from source_zendesk.errors import UnreachableError
from source_zendesk.settings.check_requests import CheckRequests, is_temporary

ADDRESS = "https://acme.zendesk.com"
CONFIG = {"api_url": ADDRESS, "headers": {"Host": "api.getbase.com"}}


@pytest.fixture(autouse=True)
def without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zendesk.settings.check_requests.time.sleep", lambda _: None)


def test_a_transient_failure_is_retried(requests_mock: Mocker) -> None:
    requests_mock.get(f"{ADDRESS}/v2/users", [{"status_code": 503}, {"exc": requests.ConnectTimeout}, {"json": {}}])
    assert CheckRequests(CONFIG).get("/v2/users", {"Authorization": "Bearer a"}).status_code == 200
    sent = requests_mock.request_history[-1].headers
    assert (sent["Host"], sent["Authorization"]) == ("api.getbase.com", "Bearer a")


def test_a_refusal_is_not_retried(requests_mock: Mocker) -> None:
    requests_mock.get(f"{ADDRESS}/v2/users", status_code=401)
    assert CheckRequests(CONFIG).get("/v2/users", {}).status_code == 401
    assert requests_mock.call_count == 1


def test_the_last_failure_is_raised(requests_mock: Mocker) -> None:
    requests_mock.get(f"{ADDRESS}/v2/users", exc=requests.ConnectionError)
    with pytest.raises(UnreachableError, match=f"No response from {ADDRESS}"):
        CheckRequests(CONFIG, seconds=0).get("/v2/users", {})


@pytest.mark.parametrize(("status", "expected"), [(503, True), (429, True), (408, True), (401, False), (200, False)])
def test_temporary_statuses(status: int, *, expected: bool) -> None:
    assert is_temporary(status) is expected
