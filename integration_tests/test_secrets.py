"""Secrets are redacted in the output in every form."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from integration_tests.conftest import Command
from integration_tests.harness import Result, Row, configured_catalog, console, discover, run, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import combine
from source_zendesk.manifest import Manifest
from source_zendesk.writes.action import compute_fingerprint

MANIFEST = Manifest.load()

SECRET = 'S3cr3t&"/\\%é+'
MAIL = "ada@example.com"
FIELDS = {
    "api_token": ["email", "api_token"],
    "basic": ["email", "password"],
    "oauth2.0": ["access_token"],
    "client_credentials": ["client_id", "client_secret"],
    "oauth2_refresh": ["client_id", "client_secret", "refresh_token"],
}
EVERY_FIELD = [(kind, field) for kind, fields in FIELDS.items() for field in fields]
PASSWORD = 'n3w pass"word'
SET_PASSWORD = {"stream": "set_user_password", "parameters": {"user_id": 7}, "body": {"password": PASSWORD}}
TARGET = {
    "type": "jira_target", "title": "Jira", "username": "jira", "password": "j1ra pass", "target_url": "https://u:pw1234@x.io",
}  # fmt: skip
WEBHOOK = {
    "name": "A", "authentication": {"type": "api_key", "data": {"name": "X-Key", "value": "k3y value"}},
    "custom_headers": {"X-Team": "h3ader value"},
}  # fmt: skip
SECRET_ROWS: dict[str, tuple[str, Row]] = {
    "oauth_tokens": ("tokens", {"token": "t0k3n", "full_token": "t0k3n wh0le", "refresh_token": "r3fresh"}),
    "targets": (
        "targets",
        {
            "type": "basecamp_target",
            "token": "t0k3n",
            "password": "p4ss",
            "secret": "s3cret",
            "target_url": "https://u:p4ss@x.io/",
        },
    ),
    "target_failures": (
        "target_failures",
        {"raw_request": "POST /\r\nAuthorization: Basic j1ra\r\nHost: a", "raw_response": "Set-Cookie: c0okie"},
    ),
    "show_current_user": ("user", {"name": "Ada", "authenticity_token": "t0k3n"}),
    "webhooks": (
        "webhooks",
        {**WEBHOOK, "endpoint": "https://u:p4ss@w0rd@x.io/", "signing_secret": {"secret": "s1gned"}},
    ),
}
SECRET_ACTIONS: dict[str, tuple[Row, list[str]]] = {
    "set_user_password": (SET_PASSWORD, [PASSWORD]),
    "change_own_password": (
        {
            **SET_PASSWORD,
            "stream": "change_own_password",
            "body": {"previous_password": "0ld one", "password": PASSWORD},
        },
        ["0ld one", PASSWORD],
    ),
    "create_target": ({"stream": "create_target", "body": {"target": TARGET}}, ["j1ra pass", "pw1234"]),
    "create_or_clone_webhook": (
        {"stream": "create_or_clone_webhook", "body": {"webhook": WEBHOOK}},
        ["k3y value", "h3ader value"],
    ),
    "delete_upload": ({"stream": "delete_upload", "parameters": {"token": "upl0ad"}}, ["upl0ad"]),
    "unregister_many_push_notification_devices": (
        {"stream": "unregister_many_push_notification_devices", "body": {"push_notification_devices": ["dev1ce"]}},
        ["dev1ce"],
    ),
}


def credentials(kind: str, **changes: str) -> dict[str, str]:
    fields = dict.fromkeys(FIELDS[kind], SECRET) | ({"email": MAIL} if "email" in FIELDS[kind] else {})
    return {"credentials": kind, **fields, **changes}


def forms(secret: str) -> set[str]:
    """All forms of a secret."""
    pairs = [secret, f"{MAIL}/token:{secret}", f"{MAIL}:{secret}", f"{secret}:{secret}"]
    encoded = {base64.b64encode(pair.encode()).decode().rstrip("=") for pair in pairs}
    return {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret), quote(secret, safe=""), *encoded}


def output_text(result: Result, *kinds: str) -> str:
    """All output, except messages of these types, with and without JSON escapes."""
    kept = [message for message in result.messages if message["type"] not in kinds]
    lines = [json.dumps(kept), json.dumps(kept, ensure_ascii=False), str(kept)]
    return "\n".join([*lines, *result.noise, result.stderr])


def leaks(text: str, *secrets: str) -> list[str]:
    return [form for secret in secrets for form in forms(secret) if form in text]


def echo(arrived: RecordedRequest) -> Reply:
    """Refuse a request, and quote it in every field of the error."""
    if "oauth" in arrived.target and b"refresh_token" not in arrived.content and b"x" * 9 not in arrived.content:
        return Reply(200, {"access_token": SECRET.encode("ascii", "ignore").decode(), "expires_in": 600})
    seen = f"{dict(arrived.headers)} {arrived.content.decode()} {arrived.headers.get('Authorization')}"
    seen += f" {SECRET} {quote(SECRET)} {json.dumps(SECRET)} {SECRET!r} {json.dumps(json.dumps(SECRET))}"
    seen += f" {SECRET.encode()!r} {repr(SECRET).encode()!r}"
    sign = arrived.headers.get("Authorization") or arrived.content.decode()
    error = f"{sign} {SECRET} {'x' * (280 - len(sign) - len(SECRET))} {sign} {seen}"
    return Reply(422, {"error": error, "description": seen, "message": quote(sign)}, {"X-Echo": quote(seen)})


@pytest.mark.parametrize("flags", [(), ("--debug",)], ids=["plain", "debug"])
@pytest.mark.parametrize("kind", FIELDS)
def test_a_response_that_quotes_the_request_leaks_no_secret(
    kind: str, flags: tuple[str, ...], command: Command
) -> None:
    with RecordingServer(echo) as recorder:
        config = {**recorder.config(), "credentials": credentials(kind)}
        catalog = configured_catalog(discover(config), ["groups", "tickets", "show_group"])
        results = [command("check", *flags, config=config), command("read", *flags, config=config, catalog=catalog)]
    for result in results:
        assert leaks(output_text(result), SECRET) == []
        assert re.findall(".{60}S3cr3t.{60}", output_text(result)) == []
    assert results[1].exit_code == 1
    assert "groups" in results[1].stream_errors


def kinds_of_blocks() -> list[tuple[str, str]]:
    """Each product with each kind of credentials of its block."""
    alternatives = [(name, each) for name, account in MANIFEST.accounts.items() for each in account.config["oneOf"]]
    return [(name, each["properties"]["credentials"]["const"]) for name, each in alternatives]


def block(product: str, kind: str) -> dict[str, Any]:
    """A block with all fields of one kind of credentials."""
    alternatives = [each["properties"] for each in MANIFEST.accounts[product].config["oneOf"]]
    (fields,) = [each for each in alternatives if each["credentials"]["const"] == kind]
    texts = {name: SECRET if field.get("airbyte_secret") else MAIL for name, field in fields.items()}
    values = {name: [text] if fields[name]["type"] == "array" else text for name, text in texts.items()}
    return {**values, "credentials": kind, "token_expiry_date": ""}


@pytest.mark.parametrize("flags", [(), ("--debug",)], ids=["plain", "debug"])
@pytest.mark.parametrize(("product", "kind"), kinds_of_blocks())
def test_a_product_that_quotes_the_request_leaks_no_secret(
    product: str, kind: str, flags: tuple[str, ...], command: Command
) -> None:
    streams = [
        each.name for each in MANIFEST.endpoints.values() if each.options.account == product and each.is_readable
    ]
    with RecordingServer(echo) as recorder:
        config = {**recorder.config(), product: block(product, kind) | {"base_url": recorder.base_url}}
        catalog = configured_catalog(discover(config), streams[:1])
        results = [command("check", *flags, config=config), command("read", *flags, config=config, catalog=catalog)]
    assert f"`{product}`: " in results[0].connection_status["message"]
    for result in results:
        assert leaks(output_text(result), SECRET) == []
        assert re.findall(".{60}S3cr3t.{60}", output_text(result)) == []
    assert streams[0] in results[1].stream_errors


def test_the_console_script_leaks_no_secret() -> None:
    with RecordingServer(echo) as recorder:
        config = {**recorder.config(), "credentials": credentials("api_token")}
        catalog = configured_catalog(discover(config), ["groups", "tickets"])
        result = console("read", "--debug", config=config, catalog=catalog, env={"LOG_LEVEL": "debug"})
    assert leaks(output_text(result), SECRET) == []
    assert result.stderr == ""


def test_records_and_states_are_not_redacted() -> None:
    row = {"id": 1, "name": "s3cr3t-t0ken", "updated_at": "2026-01-01T00:00:00Z"}
    with RecordingServer(lambda _: Reply(body={"groups": [row], "meta": {"has_more": False}})) as recorder:
        result = sync(recorder.config(), ["groups"])
    assert result.records["groups"] == [row]


def test_a_token_pasted_with_its_scheme_is_neither_sent_nor_printed() -> None:
    with RecordingServer() as recorder:
        config = {**recorder.config(), "credentials": credentials("oauth2.0", access_token="Bearer t0k3n-value")}
        results = [run("check", config=config), sync(config, ["groups"])]
        assert recorder.requests == []
    assert [result for result in results if "t0k3n-value" in output_text(result)] == []
    assert results[1].exit_code == 1


@pytest.mark.parametrize(("login", "around"), combine(EVERY_FIELD, ["\n", " ", "\r\n", "\t", "\ufeff", "\u200b"]))
def test_whitespace_around_a_credential_is_dropped(login: tuple[str, str], around: str, command: Command) -> None:
    kind, field = login
    reply = Reply(200, {"access_token": "t0ken", "groups": [], "meta": {"has_more": False}})
    with RecordingServer(lambda _: reply) as recorder:
        sent = []
        for value in (SECRET, f"{around}{SECRET}{around}"):
            config = {**recorder.config(), "credentials": credentials(kind, **{field: value})}
            result = command("read", config=config, catalog=configured_catalog(discover(recorder.config()), ["groups"]))
            assert result.errors == []
            sent.append([(one.headers.get("Authorization"), one.content) for one in recorder.requests])
            recorder.requests.clear()
        assert sent[0] == sent[1]


LITERALS = ["1_000", "0x1F5A", "12345e10", "'quoted'", "[1, 2]", "None", "{{ config }}", "007"]


@pytest.mark.parametrize(("kind", "value"), combine(["api_token", "basic", "oauth2.0"], LITERALS))
def test_a_credential_is_sent_unchanged(kind: str, value: str) -> None:
    with RecordingServer(lambda _: Reply(body={"groups": [], "meta": {"has_more": False}})) as recorder:
        changes = {FIELDS[kind][-1]: value} | ({"email": MAIL} if "email" in FIELDS[kind] else {})
        sync({**recorder.config(), "credentials": {"credentials": kind, **changes}}, ["groups"])
        sign = recorder.requests[-1].headers["Authorization"].partition(" ")[2]
    user = {"api_token": f"{MAIL}/token:", "basic": f"{MAIL}:", "oauth2.0": ""}[kind]
    assert (base64.b64decode(sign).decode() if user else sign) == f"{user}{value}"


@pytest.mark.parametrize(
    ("login", "within"),
    combine([*EVERY_FIELD, ("", "on_behalf_of")], ["\n", "\0", "\x7f", "\x85", "ł", "\u2028", "😀"]),
)
def test_a_credential_invalid_in_a_header_is_refused_by_name(
    login: tuple[str, str], within: str, command: Command
) -> None:
    kind, field = login
    given = f"S3cr3t{within}s3cond"
    with RecordingServer() as recorder:
        config = recorder.config() | ({"credentials": credentials(kind, **{field: given})} if kind else {field: given})
        catalog = configured_catalog(discover(recorder.config()), ["groups"])
        results = [command("check", config=config), command("read", config=config, catalog=catalog)]
        assert recorder.requests == []
    assert (
        f"`credentials.{field}`" in results[0].connection_status["message"]
        or f"`{field}`" in results[0].connection_status["message"]
    )
    assert results[1].exit_code == 1
    assert not any("S3cr3t" in output_text(result) or "s3cond" in output_text(result) for result in results)


def test_a_base_url_with_user_info_is_refused_without_showing_it(command: Command) -> None:
    config = {"subdomain": "https://ada:S3cr3t@acme.zendesk.com", "credentials": credentials("oauth2.0")}
    message = command("check", config=config).connection_status["message"]
    assert "`subdomain`" in message
    assert "S3cr3t" not in message


@pytest.mark.parametrize("allowed", [True, "dry_run"])
@pytest.mark.parametrize("stream", SECRET_ACTIONS)
def test_the_secret_of_an_action_is_sent_and_redacted(stream: str, allowed: Any, command: Command) -> None:
    action, secrets = SECRET_ACTIONS[stream]
    with RecordingServer(lambda _: Reply(204)) as recorder:
        config = recorder.config(action, allow_writes=allowed)
        result = command("read", config=config, catalog=configured_catalog(discover(config), [stream]))
        sent = [arrived.target.encode() + arrived.content for arrived in recorder.requests]
    assert [secrets[0].encode() in one.replace(b"\\", b"") for one in sent] == ([True] if allowed is True else [])
    assert result.errors == []
    assert result.records[stream]
    assert leaks(output_text(result), *secrets) == []
    assert "****" in str(result.records[stream]) or "body" in action


@pytest.mark.parametrize("stream", SECRET_ACTIONS)
def test_a_refusal_that_quotes_an_action_secret_is_redacted(stream: str, command: Command) -> None:
    action, secrets = SECRET_ACTIONS[stream]
    quoted = Reply(422, {"error": "RecordInvalid", "description": f"{secrets} is too short", "details": secrets})
    with RecordingServer(lambda _: quoted) as recorder:
        config = recorder.config(action)
        result = command("read", config=config, catalog=configured_catalog(discover(config), [stream]))
    assert "is too short" in result.stream_errors[stream]
    assert leaks(output_text(result), *secrets) == []


@pytest.mark.parametrize("stream", SECRET_ROWS)
def test_secrets_in_rows_are_redacted(stream: str, command: Command) -> None:
    key, row = SECRET_ROWS[stream]
    content = {key: {"id": 1, **row} if key == "user" else [{"id": 1, **row}]}
    with RecordingServer(lambda _: Reply(body=content)) as recorder:
        config = recorder.config()
        result = command("read", config=config, catalog=configured_catalog(discover(config), [stream]))
    assert [sorted(output_text) for output_text in result.records[stream]] == [sorted({"id": 1, **row})]
    assert not re.search(r"\w[0134]\w", str(result.records[stream]))


def test_the_call_console_token_is_redacted() -> None:
    console = {"status": "online", "client_access_token": "t0k3n", "twilio_token": "tw1lio"}
    with RecordingServer(lambda _: Reply(body={"call_console": console})) as recorder:
        (row,) = sync(recorder.config(), ["call_console"]).records["call_console"]
    assert (row["client_access_token"], row["twilio_token"], row["status"]) == ("****", "****", "online")


def test_a_token_created_by_an_action_is_redacted() -> None:
    action = {"stream": "create_oauth_token", "body": {"token": {"client_id": 1}}}
    with RecordingServer(lambda _: Reply(201, {"token": {"id": 1, "full_token": "t0k3n wh0le"}})) as recorder:
        (row,) = sync(recorder.config(action), ["create_oauth_token"]).records["create_oauth_token"]
    assert (row["id"], row["full_token"]) == (1, "****")


def test_the_fingerprint_of_a_secret_cannot_be_guessed() -> None:
    with RecordingServer(lambda _: Reply(204)) as recorder:
        results = [sync(recorder.config(SET_PASSWORD), ["set_user_password"]) for _ in range(2)]
    guess = compute_fingerprint("set_user_password", {"user_id": "7"}, {"password": PASSWORD}, None)
    states = [result.state_of("set_user_password") for result in results]
    assert states[0]["actions"].keys() != states[1]["actions"].keys()
    assert not any(guess in str(result.messages) for result in results)


def test_an_action_is_sent_again_only_with_another_secret() -> None:
    other = {**SET_PASSWORD, "body": {"password": "an0ther"}}
    with RecordingServer(lambda _: Reply(204)) as recorder:
        first = sync(recorder.config(SET_PASSWORD), ["set_user_password"])
        second = sync(recorder.config(SET_PASSWORD), ["set_user_password"], first.state)
        assert len(recorder.requests) == 1
        assert second.state_of("set_user_password") == first.state_of("set_user_password")
        sync(recorder.config(other), ["set_user_password"], second.state)
        assert len(recorder.requests) == 2


@pytest.mark.parametrize("status", ["done", "unknown", "sending"])
def test_an_old_secret_fingerprint_is_recognized_and_replaced(status: str) -> None:
    old = compute_fingerprint("set_user_password", {"user_id": "7"}, {"password": PASSWORD}, None)
    with RecordingServer(lambda _: Reply(204)) as recorder:
        state = sync(recorder.config(SET_PASSWORD), ["set_user_password"]).state
        recorder.requests.clear()
        state[0]["stream"]["stream_state"] = {"actions": {old: {"status": status}, "other": {"status": "done"}}}
        result = sync(recorder.config(SET_PASSWORD), ["set_user_password"], state)
        assert recorder.requests == []
    kept = result.state_of("set_user_password")["actions"]
    assert len(kept) == 2
    assert old not in kept


def test_the_fingerprint_of_an_action_without_secret_is_unchanged() -> None:
    action = {"stream": "delete_group", "parameters": {"group_id": 1}}
    with RecordingServer(lambda _: Reply(204)) as recorder:
        state = sync(recorder.config(action), ["delete_group"]).state_of("delete_group")
    assert state == {
        "actions": {compute_fingerprint("delete_group", {"group_id": "1"}, None, None): {"status": "done"}}
    }
