"""Credentials are sent only to the account's origin."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.harness import configured_catalog, discover, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, respond_by_path

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

GROUP = {"id": 1, "updated_at": "2026-01-01T00:00:00Z"}
FOREIGN = Reply(
    body={"groups": [{**GROUP, "name": "a-foreign-row"}], "access_token": "from-elsewhere", "refresh_token": "r"}
)
OAUTH = {
    "client_credentials": {"credentials": "client_credentials", "client_id": "the-client", "client_secret": "s3cr3t"},
    "oauth2_refresh": {
        "credentials": "oauth2_refresh",
        "client_id": "the-client",
        "client_secret": "s3cr3t",
        "refresh_token": "r3fresh",
        "access_token": "",
        "token_expiry_date": "",
    },
}


def config(recorder: RecordingServer, **changes: Any) -> dict[str, Any]:
    return {**recorder.config(), "on_behalf_of": "bob@example.com", **changes}


FOREIGN_URLS = {
    "another port": "http://127.0.0.1:{port}",
    "another name": "http://localhost:{port}",
    "a user": "http://127.0.0.1:1@127.0.0.1:{port}",
    "no scheme": "//127.0.0.1:{port}",
    "https": "https://127.0.0.1:{port}",
    "upper case": "HTTP://127.0.0.1:{port}",
}
"""URLs of other origins that resemble the account's."""


@pytest.mark.parametrize("place", FOREIGN_URLS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_redirected_to_another_origin_is_refused(status: int, place: str) -> None:
    with RecordingServer(lambda _: FOREIGN) as elsewhere, RecordingServer() as account:
        location = f"{FOREIGN_URLS[place].format(port=elsewhere.port)}/api/v2/groups"
        account.responder = lambda _: Reply(status, {}, {"Location": location})
        result = sync(config(account), ["groups"])
        assert elsewhere.requests == []
    assert result.records["groups"] == []
    assert "a-foreign-row" not in str(result.messages)
    assert "check `subdomain`" in result.stream_errors["groups"]


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_within_the_account_is_followed(status: int) -> None:
    def moved(arrived: RecordedRequest) -> Reply:
        if "moved" in arrived.target:
            return Reply(body={"groups": [GROUP], "meta": {"has_more": False}})
        return Reply(status, {}, {"Location": "/moved"})

    with RecordingServer(moved) as account:
        result = sync(config(account), ["groups"])
        assert account.requests[-1].headers["X-On-Behalf-Of"] == "bob@example.com"
    assert result.records["groups"] == [GROUP]
    assert result.errors == []


@pytest.mark.parametrize("kind", OAUTH)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_request_redirected_to_another_origin_is_refused(kind: str, status: int) -> None:
    with RecordingServer(lambda _: FOREIGN) as elsewhere, RecordingServer() as account:
        account.responder = lambda _: Reply(status, {}, {"Location": f"{elsewhere.base_url}/oauth/tokens"})
        result = sync(config(account, credentials=OAUTH[kind]), ["groups"])
        assert elsewhere.requests == []
        assert [arrived.path for arrived in account.requests] == ["/oauth/tokens"]
    assert "127.0.0.1" in result.stream_errors["groups"]
    assert "check `subdomain`" in result.stream_errors["groups"]


@pytest.mark.parametrize("kind", OAUTH)
def test_a_token_request_redirected_within_the_account_is_refused(kind: str) -> None:
    with RecordingServer(lambda _: Reply(307, {}, {"Location": "/elsewhere"})) as account:
        sync(config(account, credentials=OAUTH[kind]), ["groups"])
        assert [arrived.path for arrived in account.requests] == ["/oauth/tokens"]


@pytest.mark.parametrize("kind", OAUTH)
def test_a_token_request_is_retried_while_zendesk_fails(kind: str) -> None:
    tokens = [Reply(503), Reply(429), Reply(is_dropped=True), Reply(200, {"access_token": "n3w", "refresh_token": "n"})]
    groups = Reply(body={"groups": [GROUP], "meta": {"has_more": False}})
    with RecordingServer(respond_by_path(oauth=lambda _: tokens.pop(0), groups=groups)) as account:
        result = sync(config(account, credentials=OAUTH[kind]), ["groups"])
        assert account.requests[-1].headers["Authorization"] == "Bearer n3w"
    assert result.records["groups"] == [GROUP]


@pytest.mark.parametrize("kind", OAUTH)
@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(401, {"error": "invalid_client"}), "check `credentials.client_id` and `credentials.client_secret`"),
        (Reply(200, {"token": "?"}), "no `access_token`"),
        (Reply(200, "<html>"), "not JSON"),
        (Reply(200, {"access_token": "a\nb3cd", "refresh_token": "r"}), "`access_token`: it contains a line break"),
    ],
)
def test_a_token_response_without_a_token_is_an_error(kind: str, reply: Reply, problem: str, command: Command) -> None:
    with RecordingServer(lambda _: reply) as account:
        settings = config(account, credentials=OAUTH[kind])
        result = command("read", config=settings, catalog=configured_catalog(discover(settings), ["groups"]))
        checked = command("check", config=settings)
    assert problem in result.stream_errors["groups"]
    assert (
        result.stream_errors["groups"].count("Check `credentials`") + result.stream_errors["groups"].count("check `")
        <= 1
    )
    assert problem in checked.connection_status["message"]
