"""Every request is sent with the configured credentials, through the environment's proxy, and has a bounded response.

Every request: those of `check`, for tokens, of reads, of writes and for the status of jobs.
"""

import base64
import gzip
import json
import logging
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.harness import Row
from integration_tests.recording_server import RecordingServer, Reply, respond_by_path
from integration_tests.samples import combine
from integration_tests.test_invalid_input import catalog
from source_zendesk.http import bounded_response, timed_connection
from source_zendesk.http.session import CHECK_TIMEOUTS
from source_zendesk.settings import check_requests, connection

STRANGER = base64.b64encode(b"stranger:secret").decode()
LOGINS: dict[str, Row] = {
    "api_token": {},
    "client_credentials": {
        "credentials": {
            "credentials": "client_credentials",
            "client_id": "client",
            "client_secret": "s3cr3t",
            "scope": "read write",
        }
    },
    "oauth2_refresh": {
        "credentials": {
            "credentials": "oauth2_refresh",
            "client_id": "client",
            "client_secret": "s3cr3t",
            "refresh_token": "spent-refresh",
            "access_token": "",
            "token_expiry_date": "",
        }
    },
}
JOB: Row = {"id": "j1", "status": "queued", "results": None}
TOKENS = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 86400}
ANSWERS: dict[str, Any] = {
    "oauth__tokens": Reply(body=TOKENS),
    "users__me": Reply(body={"user": {"id": 1, "role": "admin"}}),
    "tags": Reply(body={"tags": [], "next_page": None}),
    "groups": Reply(body={"groups": [{"id": 1}], "meta": {"has_more": False}}),
    "job_statuses__": Reply(body={"job_status": {**JOB, "status": "completed", "results": [{"id": 7}]}}),
    "tickets__create_many": Reply(body={"job_status": JOB}),
}
CREATE: Row = {"stream": "create_many_tickets", "body": {"tickets": [{"subject": "a", "comment": {"body": "b"}}]}}
COMMANDS = {"check": ("check", None), "read": ("read", "groups"), "write": ("read", "create_many_tickets")}


def run(name: str, login: str, account: RecordingServer, command: Command, **changes: Any) -> Any:
    verb, stream = COMMANDS[name]
    config = {**account.config(CREATE), **LOGINS[login], **changes}
    return command(verb, config=config, **({"catalog": catalog(stream)} if stream else {}))


@pytest.fixture
def account() -> Iterator[RecordingServer]:
    with RecordingServer(respond_by_path(**ANSWERS)) as recorder:
        yield recorder


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A netrc file with a login for loopback, set by NETRC and in the home folder."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1\nlogin stranger\npassword secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))


def paths(name: str, login: str) -> set[str]:
    """The paths of all expected requests."""
    requested = {
        "check": {"/api/v2/users/me", "/api/v2/tags"},
        "read": {"/api/v2/groups"},
        "write": {"/api/v2/tickets/create_many", "/api/v2/job_statuses/j1"},
    }[name]
    return requested if login == "api_token" else requested | {"/oauth/tokens"}


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_credentials_are_read_from_netrc(name: str, login: str, account: RecordingServer, command: Command) -> None:
    result = run(name, login, account, command)
    assert (result.exit_code, result.errors) == (0, [])
    assert {arrived.path for arrived in account.requests} >= paths(name, login)
    signatures = {arrived.path: arrived.headers.get("Authorization", "") for arrived in account.requests}
    assert [path for path, signature in signatures.items() if STRANGER in signature] == []
    assert signatures.pop("/oauth/tokens", "") == ""
    assert all(signatures.values())


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_request_goes_through_the_proxy_of_the_environment(
    name: str, login: str, account: RecordingServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", account.base_url)
    monkeypatch.setenv("http_proxy", account.base_url)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    # Nothing listens at the account's address: the proxy responds.
    result = run(name, login, account, command, base_url="http://127.0.0.1:9")
    assert (result.exit_code, result.errors) == (0, [])
    assert {
        arrived.target.removeprefix("http://127.0.0.1:9").partition("?")[0] for arrived in account.requests
    } >= paths(name, login)
    assert all(arrived.target.startswith("http://127.0.0.1:9/") for arrived in account.requests)


LARGE = Reply(body=gzip.compress(b" " * (2 * 1024 * 1024)), headers={"Content-Encoding": "gzip"})


def error_text(name: str, result: Any) -> str:
    return str(result.connection_status["message"] if name == "check" else result.errors)


@pytest.mark.parametrize(
    ("name", "login", "path"),
    [
        ("check", "api_token", "users__me"),
        ("check", "api_token", "tags"),
        ("check", "client_credentials", "oauth__tokens"),
        ("check", "oauth2_refresh", "oauth__tokens"),
        ("read", "oauth2_refresh", "oauth__tokens"),
        ("write", "client_credentials", "oauth__tokens"),
    ],
)
def test_a_response_that_is_too_large_is_named(
    name: str, login: str, path: str, account: RecordingServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_response, "MAX_MEGABYTES", 1)
    account.responder = respond_by_path(**{**ANSWERS, path: LARGE})
    assert "the response is larger than any response of Zendesk" in error_text(name, run(name, login, account, command))
    assert sum(path.replace("__", "/") in arrived.path for arrived in account.requests) == 1


@pytest.mark.parametrize(("login", "path"), [("api_token", "users__me"), ("client_credentials", "oauth__tokens")])
def test_a_response_that_does_not_end_in_time_is_named(
    login: str, path: str, account: RecordingServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_connection, "DEADLINE_IN_SECONDS", -1.0)
    monkeypatch.setattr(check_requests, "MAX_ATTEMPTS", 1)
    monkeypatch.setattr("source_zendesk.source.CHECK_TIMEOUTS", CHECK_TIMEOUTS._replace(total=0))
    account.responder = respond_by_path(**{**ANSWERS, path: Reply(body={})})
    assert "the response did not end in time (timeout)" in error_text("check", run("check", login, account, command))


WHOLE = json.dumps(TOKENS)
CUT_OFF = {
    "by the server": Reply(body=WHOLE[:70]),
    "by the connection": Reply(body=WHOLE, headers={"Content-Length": "9000", "Connection": "close"}),
    "in the compressed bytes": Reply(body=gzip.compress(WHOLE.encode())[:-9], headers={"Content-Encoding": "gzip"}),
    "by a page around it": Reply(body=f"<html>{WHOLE}</html>"),
    "as a list": Reply(body=f"[{WHOLE}]"),
    "by an object around it": Reply(body={"data": TOKENS}),
    "in part by an object around it": Reply(body={"access_token": "new-access", "refresh_token": None, "data": TOKENS}),
    "in UTF-16": Reply(body=WHOLE.encode("utf-16")),
    "in UTF-32": Reply(body=WHOLE.encode("utf-32-be")),
    "with a wrong coding": Reply(body=WHOLE, headers={"Content-Encoding": "gzip"}),
    "with a wrong coding and cut off": Reply(
        body=WHOLE, headers={"Content-Encoding": "br, gzip", "Content-Length": "9000", "Connection": "close"}
    ),
}


@pytest.mark.parametrize(("name", "fault"), combine(COMMANDS, CUT_OFF))
def test_tokens_in_a_truncated_json_response_are_used_and_emitted(
    name: str, fault: str, account: RecordingServer, command: Command
) -> None:
    account.responder = respond_by_path(**{**ANSWERS, "oauth__tokens": CUT_OFF[fault]})
    result = run(name, "oauth2_refresh", account, command)
    assert (result.exit_code, result.errors) == (0, [])
    emitted = [control["connectorConfig"]["config"]["credentials"] for control in result.bodies("control")]
    assert [each["refresh_token"] for each in emitted] == ["new-refresh"]
    assert {arrived.headers.get("Authorization", "Bearer new-access") for arrived in account.requests} == {
        "Bearer new-access"
    }


def test_a_truncated_refusal_is_a_refusal(account: RecordingServer, command: Command) -> None:
    refusal = Reply(400, '{"error": "invalid_grant"}', {"Content-Length": "9000", "Connection": "close"})
    account.responder = respond_by_path(**{**ANSWERS, "oauth__tokens": refusal})
    message = run("check", "oauth2_refresh", account, command).connection_status["message"]
    assert "rejects the refresh token" in message
    assert len(account.requests) == 1


def test_a_check_that_is_out_of_time_waits_for_the_next_refresh_token(
    account: RecordingServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def answer_once_check_waits(record: logging.LogRecord) -> bool:
        if "waiting for the response to the refresh token" in record.getMessage():
            answered.set()
        return True

    account.responder = respond_by_path(**{**ANSWERS, "oauth__tokens": Reply(body=TOKENS, release=answered)})
    monkeypatch.setattr("source_zendesk.settings.connection.run_within", partial(connection.run_within, seconds=0.1))
    monkeypatch.setattr(connection.LOGGER, "filters", [answer_once_check_waits])
    result = run("check", "oauth2_refresh", account, command)
    assert "it took too long" in result.connection_status["message"]
    (emitted,) = [control["connectorConfig"]["config"]["credentials"] for control in result.bodies("control")]
    assert emitted["refresh_token"] == "new-refresh"


ODD: Row = {
    "num_workers": 1,
    "start_date": "2024-01-01",
    "inputs": [{"stream": "search_users", "parameters": '{"query": "a\u2028b"}'}],
    "_platform": {"large": 2**63, "nothing": None},
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_emitted_configuration_is_the_given_one_with_the_renewed_tokens(
    name: str, account: RecordingServer, command: Command
) -> None:
    result = run(name, "oauth2_refresh", account, command, **ODD)
    assert (result.exit_code, result.errors) == (0, [])
    (control,) = result.bodies("control")
    emitted = control["connectorConfig"]["config"]
    renewed = {field: emitted["credentials"][field] for field in ("access_token", "refresh_token", "token_expiry_date")}
    given = {**account.config(CREATE), **LOGINS["oauth2_refresh"], **ODD}
    assert emitted == {**given, "credentials": {**given["credentials"], **renewed}}
    assert (renewed["access_token"], renewed["refresh_token"]) == ("new-access", "new-refresh")
    again = command("check", config=json.dumps({**emitted, "_platform": {}}))
    assert (again.connection_status["status"], again.warnings) == ("SUCCEEDED", [])


def test_a_command_that_signs_in_twice_exchanges_its_refresh_token_once(
    account: RecordingServer, command: Command
) -> None:
    # `--all` asks for the streams that are offered, the name for those that can be read.
    lists = ("custom_objects", "ticket_fields", "user_fields", "organization_fields")
    account.responder = respond_by_path(
        **ANSWERS, **{name: Reply(body={name: [], "meta": {"has_more": False}}) for name in lists}
    )
    config = {**account.config(), **LOGINS["oauth2_refresh"], "custom_fields": "columns"}
    result = command("catalog", "--all", "groups", config=config)
    assert result.exit_code == 0, result.stderr
    assert [request.path for request in account.requests].count("/oauth/tokens") == 1


REFUSALS: dict[str, Any] = {
    "an object": TOKENS,
    "a list": [{"message": TOKENS}],
    "a text": {"error": f"not {WHOLE}"},
    "a query": f"?access_token={TOKENS['access_token']}&refresh_token={TOKENS['refresh_token']}",
    "cut off": WHOLE[:-9],
    "UTF-16": WHOLE.encode("utf-16"),
}


@pytest.mark.parametrize(("form", "status"), combine(REFUSALS, [200, 400, 403, 500]))
def test_a_token_in_a_response_is_in_no_message(
    form: str, status: int, account: RecordingServer, command: Command
) -> None:
    body = Reply(status, REFUSALS[form], {"Retry-After": "9000"} if status == 500 else {})
    account.responder = respond_by_path(**{**ANSWERS, "oauth__tokens": body})
    results = [command("check", "--debug", config={**account.config(), **LOGINS["client_credentials"]})]
    if status != 200:
        # The platform gets the tokens of a configuration that is renewed.
        results.append(command("check", "--debug", config={**account.config(), **LOGINS["oauth2_refresh"]}))
    output = "".join(str(result.messages) + str(result.noise) + result.stderr for result in results)
    printable = "".join(character for character in output if character.isalnum() or character == "-")
    assert [token for token in ("new-access", "new-refresh") if token in printable] == []
