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
