"""`check` distinguishes wrong settings, gives a remedy, and redacts secrets."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, console, run, sync
from integration_tests.recording_server import RecordingServer, Reply

TOKEN = "emulated-api-token"


def check(config: Row) -> Row:
    return run("check", config=config).connection_status


def credentials(zendesk: Emulator, **changes: Any) -> Row:
    return {**zendesk.config()["credentials"], **changes}


def assert_refused(config: Row, *parts: str) -> None:
    status = check(config)
    assert status["status"] == "FAILED"
    assert [part for part in parts if part not in status["message"]] == []
    assert "\n" not in status["message"]


@pytest.mark.parametrize(
    "login",
    [
        {"credentials": "api_token", "email": "owner@example.com", "api_token": TOKEN},
        {"credentials": "basic", "email": "owner@example.com", "password": "emulated-password"},
        {"credentials": "oauth2.0", "access_token": "emulated-access-token"},
        {"credentials": "client_credentials", "client_id": "emulated-client", "client_secret": "emulated-secret"},
    ],
    ids=lambda login: str(login["credentials"]),
)
def test_each_kind_of_credentials_signs_in(login: Row, quiet_zendesk: Emulator) -> None:
    assert check(quiet_zendesk.config(credentials=login)) == {"status": "SUCCEEDED"}


def test_wrong_credentials(quiet_zendesk: Emulator) -> None:
    wrong = credentials(quiet_zendesk, api_token="not-the-token")
    assert_refused(quiet_zendesk.config(credentials=wrong), "refuses the credentials", "check `credentials`", "401")


def test_a_refused_oauth_client(quiet_zendesk: Emulator) -> None:
    wrong = {"credentials": "client_credentials", "client_id": "emulated-client", "client_secret": "not-the-secret"}
    status = check(quiet_zendesk.config(credentials=wrong))
    assert status["message"].startswith("Zendesk rejects the OAuth client; check `credentials.client_id`")
    assert "`credentials.client_secret`" in status["message"]
    assert "refresh token" not in status["message"]


def test_a_refused_refresh_token(quiet_zendesk: Emulator) -> None:
    client = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
    wrong = {"credentials": "oauth2_refresh", **client, "refresh_token": "not-the-token"}
    assert_refused(quiet_zendesk.config(credentials=wrong), "rejects the refresh token", "consenting again")


@pytest.mark.parametrize("body", ["There is no help desk configured at this address.", {"error": "InvalidEndpoint"}])
def test_no_such_account(body: Any, zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", status=404, body=body)
    assert_refused(zendesk.config(), "There is no Zendesk account acme", "check `subdomain`")


def test_a_refusal_whose_body_cannot_be_decoded_is_judged_by_its_status() -> None:
    with RecordingServer(lambda _: Reply(401, b"no gzip", {"Content-Encoding": "gzip"})) as zendesk:
        assert_refused(zendesk.config(), "Zendesk refuses the credentials (api_token)", "401")
        result = sync(zendesk.config(), ["groups"])
    assert "check `credentials`" in result.stream_errors["groups"]
    assert len(zendesk.requests) == 2


def test_a_redirected_account_is_not_followed(zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", status=301, body="", headers={"Location": "https://www.zendesk.com/"})
    config = zendesk.config(**dict.fromkeys(zendesk.product_blocks()))
    assert_refused(config, "There is no Zendesk account acme", "check `subdomain`")
    assert len(zendesk.requests) == 1


CLIENT = {"credentials": "client_credentials", "client_id": "emulated-client", "client_secret": "emulated-secret"}


@pytest.mark.parametrize("login", [{}, {"credentials": CLIENT}], ids=["api_token", "client_credentials"])
def test_a_refused_tcp_connection(login: Row) -> None:
    with Emulator(rows=1, tickets=1) as gone:
        config = gone.config(**login)
    assert_refused(config, "No response from http://127.0.0.1", "the connection is refused", "check `subdomain`")


TICKET = {"stream": "create_ticket", "body": {"ticket": {"comment": {"body": "Hello"}}}}
WRITES = {"allow_writes": True, "actions": [TICKET]}


@pytest.mark.parametrize("scope", [{}, {"scope": ""}, {"scope": "read"}, {"scope": "tickets:read users:read"}], ids=str)
def test_actions_with_a_scope_that_only_reads_are_refused_before_any_request(zendesk: Emulator, scope: Row) -> None:
    config = zendesk.config(credentials=CLIENT | scope, **WRITES)
    assert_refused(config, "`credentials.scope`: ", "; set `credentials.scope` to `read write`.")
    assert zendesk.requests == []


@pytest.mark.parametrize(
    "more",
    [
        WRITES | {"credentials": CLIENT | {"scope": "read write"}},
        WRITES | {"credentials": CLIENT | {"scope": "read tickets:write"}},
        WRITES | {"credentials": CLIENT, "dry_run": True},
        WRITES | {"credentials": CLIENT, "actions": []},
        WRITES,
    ],
    ids=["read write", "one resource", "dry run", "no actions", "api_token"],
)
def test_other_configurations_of_actions_pass_the_check(zendesk: Emulator, more: Row) -> None:
    assert run("check", config=zendesk.config(**more)).connection_status["status"] == "SUCCEEDED"


def test_a_server_that_is_not_zendesk(zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", kind="not_json")
    assert_refused(zendesk.config(), "is not Zendesk", "check `subdomain`")


def test_an_anonymous_user_fails_the_check(zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", kind="anonymous")
    assert_refused(zendesk.config(), "anonymous", "check `credentials.email`")


def test_an_end_user_is_refused(zendesk: Emulator) -> None:
    zendesk.options.role = "end-user"
    assert_refused(zendesk.config(), "end user", "agent or an administrator")


@pytest.mark.parametrize("catalog", ["recommended", "complete"])
def test_an_agent_is_warned_of_the_streams_of_administrators(catalog: str, zendesk: Emulator) -> None:
    zendesk.options.role = "agent"
    config = zendesk.config(catalog=catalog, **dict.fromkeys(zendesk.product_blocks()))
    result = run("check", config=config)
    assert len(zendesk.requests) == 2
    status = result.connection_status
    assert (status["status"], result.warnings) == ("SUCCEEDED", [status["message"]])
    message = status["message"]
    assert "to administrators only, so a sync skips them: organizations, ticket_metrics, tickets, users, " in message
    assert ("set `catalog` to `complete` and read" in message) == (catalog == "recommended")
    instead = re.findall(r"(list_\w+) instead of (\w+)", message)
    assert ("list_tickets", "tickets") in instead
    both = sync(config, [name for pair in instead for name in pair])
    assert {name for name, rows in both.records.items() if rows} == {other for other, _ in instead}


def test_an_administrator_is_not_warned(zendesk: Emulator) -> None:
    result = run("check", config=zendesk.config())
    assert (result.connection_status, result.warnings) == ({"status": "SUCCEEDED"}, [])


def test_a_role_without_access_is_refused(zendesk: Emulator) -> None:
    zendesk.faults.add("tags", status=403)
    assert_refused(zendesk.config(), "may not read this account's data", "role", "contact the account owner")


def test_an_account_that_is_down_is_not_a_config_error(zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", status=500, times=99, headers={"Retry-After": "0"})
    assert_refused(zendesk.config(), "Zendesk is unavailable; try again", "500")


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503}, {"kind": "reset"}])
def test_a_transient_failure_is_retried(fault: Row, zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", headers={"Retry-After": "0"}, **fault)
    assert check(zendesk.config()) == {"status": "SUCCEEDED"}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"status": 403, "body": "<html><title>Blocked by Zscaler</title></html>"}, "firewall or proxy"),
        ({"status": 302, "body": "", "headers": {"Location": "/access/unauthenticated"}}, "sign-in page"),
        ({"status": 302, "body": "", "headers": {"Location": "https://acme.okta.com/x"}}, "sign-in page (acme.okta"),
        (
            {"status": 302, "body": "", "headers": {"Location": "http://portal.example/x"}},
            "redirected to portal.example",
        ),
        ({"status": 407, "body": ""}, "set HTTPS_PROXY"),
    ],
)
def test_an_intermediary_that_responds_is_named(fault: Row, message: str, zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", times=9, **fault)
    assert_refused(zendesk.config(), message)


def test_missing_certificates_are_named(zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    assert_refused(zendesk.config(), "REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")


@pytest.mark.parametrize("content", ["", "no certificate", "a folder"])
def test_certificates_that_hold_none_are_named(
    content: str, zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    if content == "a folder":
        bundle.mkdir()
    else:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert_refused(zendesk.config(), "REQUESTS_CA_BUNDLE", str(bundle), "contains no certificate that can be read")


@pytest.mark.parametrize("status", [400, 402, 418, 422])
def test_a_refusal_that_stays_is_not_called_temporary(status: int, zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", status=status, body={"error": "Reason"})
    assert_refused(zendesk.config(), "Zendesk refuses the requests of `check`", f"({status}: Reason)")


def test_check_requests_data_and_not_only_the_user(zendesk: Emulator) -> None:
    check(zendesk.config(**dict.fromkeys(zendesk.product_blocks())))
    assert [request.path for request in zendesk.requests] == ["/api/v2/users/me", "/api/v2/tags"]


@pytest.mark.parametrize(
    "value",
    ["acme", "ACME", " acme ", "acme.zendesk.com", "https://acme.zendesk.com", "https://acme.zendesk.com/agent/"],
)
def test_any_form_of_the_subdomain_is_accepted(value: str, quiet_zendesk: Emulator) -> None:
    assert check(quiet_zendesk.config(subdomain=value)) == {"status": "SUCCEEDED"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "acme.example.com",
        "a b",
        "-acme",
        "https://",
        "acme.zendesk.com.evil.com",
        "ac_me",
        "{{x}}",
    ],
)
def test_an_invalid_subdomain_is_refused(value: str, zendesk: Emulator) -> None:
    assert_refused(zendesk.config(subdomain=value), "`subdomain`", "expected the `acme` of acme.zendesk.com")
    assert zendesk.requests == []


@pytest.mark.parametrize(
    "value",
    [
        "http://acme.zendesk.com",
        "http://192.168.0.1:80",
        "ftp://127.0.0.1",
        "acme",
        "http://127.0.0.1.evil.com",
        "file:///etc",
    ],
)
def test_a_base_url_without_https_or_loopback_is_refused(value: str, quiet_zendesk: Emulator) -> None:
    assert_refused(quiet_zendesk.config(base_url=value), "`base_url`", "expected an https address", repr(value))


def test_a_failed_check_exits_with_zero(command: Command, quiet_zendesk: Emulator) -> None:
    wrong = credentials(quiet_zendesk, api_token="not-the-token")
    for config in (quiet_zendesk.config(credentials=wrong), quiet_zendesk.config(subdomain="a b"), {}):
        result = command("check", config=config)
        assert (result.exit_code, result.connection_status["status"]) == (0, "FAILED")


SECRETS = {
    "api_token": {"credentials": "api_token", "email": "owner@example.com", "api_token": "s3cret-a"},
    "basic": {"credentials": "basic", "email": "owner@example.com", "password": "s3cret-b"},
    "oauth2.0": {"credentials": "oauth2.0", "access_token": "s3cret-c"},
    "client_credentials": {"credentials": "client_credentials", "client_id": "s3cret-d", "client_secret": "s3cret-e"},
}


def forms(login: Row) -> list[str]:
    """All forms of a secret, including its authorization header."""
    found = [value for value in login.values() if value.startswith("s3cret")]
    pairs = [f"owner@example.com/token:{value}" for value in found] + [f"owner@example.com:{value}" for value in found]
    return found + [base64.b64encode(pair.encode()).decode() for pair in pairs]


@pytest.mark.parametrize("kind", SECRETS)
def test_secrets_are_redacted(kind: str, command: Command, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config(credentials=SECRETS[kind])
    catalog = {"streams": [configured_tags()]}
    results = [command("check", config=config), command("discover", config=config)]
    results.append(command("read", config=config, catalog=catalog))
    assert [form for form in forms(SECRETS[kind]) if any(form in str(result) for result in results)] == []


@pytest.mark.parametrize("kind", ["api_token", "client_credentials"])
def test_secrets_are_redacted_at_debug_level(kind: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config(credentials=SECRETS[kind])
    result = console(
        "read", "--debug", config=config, catalog={"streams": [configured_tags()]}, env={"LOG_LEVEL": "debug"}
    )
    assert result.exit_code != 0
    assert [form for form in forms(SECRETS[kind]) if form in str(result)] == []


def configured_tags() -> Row:
    schema: Row = {"type": "object", "properties": {}}
    stream = {"name": "tags", "json_schema": schema, "supported_sync_modes": ["full_refresh"]}
    return {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}
