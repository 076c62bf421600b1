"""Environment variables for requests."""

import pytest

from integration_tests.harness import sync
from integration_tests.recording_server import RecordingServer, Reply


def test_requests_use_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordingServer(lambda _: Reply(body={"groups": []})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.base_url)
        monkeypatch.setenv("no_proxy", "")
        result = sync({**proxy.config(), "base_url": "http://localhost:9"}, ["groups"])
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert [request.target.partition("?")[0] for request in proxy.requests] == ["http://localhost:9/api/v2/groups"]


@pytest.mark.parametrize("proxy", ["http://user:proxy-secret@", "http://user:proxy-secret\u2603@127.0.0.1:1", " "])
def test_no_action_is_begun_through_a_malformed_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordingServer(lambda _: Reply(body={})) as zendesk:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        actions = [{"stream": "create_user", "body": {"user": {"name": "x"}}}]
        result = sync({**zendesk.config(), "allow_writes": True, "actions": actions}, ["create_user"])
    (error,) = result.errors
    assert error.startswith("The environment variable http_proxy ")
    assert (result.states, zendesk.requests) == ([], [])
    assert "proxy-secret" not in str(result.messages)
