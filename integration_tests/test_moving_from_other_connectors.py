"""Configs and states of Airbyte's connectors for other products work here after the changes that the page lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.harness import Result, Row, State, configured_catalog, discover, run, sync
from integration_tests.interrupted_syncs import NOW
from source_zendesk import times

DATA = Path(__file__).resolve().parents[1] / "unit_tests" / "data"
TALK: list[str] = [*json.loads((DATA / "airbyte_talk_streams.json").read_text())]
CHAT: list[str] = [*json.loads((DATA / "airbyte_chat_streams.json").read_text())]
START, THEN = "2020-01-01T00:00:00Z", "2025-01-01T00:00:00Z"
EPOCH = epoch_of(THEN)


zendesk = account_fixture(scope="module", seed=5, rows=40, tickets=60, now=NOW, frozen=True)


def state_of(streams: dict[str, Row]) -> State:
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}
        for name, state in streams.items()
    ]


def talk_logins(zendesk: Emulator) -> dict[str, Row]:
    """The fields by which each version of source-zendesk-talk signs in."""
    login, issued = zendesk.account.login, zendesk.oauth.issue(expires_in=86400)
    (client, secret), *_ = zendesk.oauth.clients.items()
    refresh = {
        "client_id": client, "client_secret": secret, "refresh_token": issued.refresh, "access_token": issued.access,
        "token_expiry_date": times.iso(times.now() + 3600),
    }  # fmt: skip
    return {
        "oauth2_refresh": {"credentials": {"auth_type": "oauth2_refresh", **refresh}},
        "oauth2.0": {"credentials": {"auth_type": "oauth2.0", "access_token": login.access_token}},
        "api_token": {"credentials": {"auth_type": "api_token", "email": login.email, "api_token": login.api_token}},
        "outside `credentials`": {"email": login.email, "access_token": login.api_token},
    }


def rename_talk_fields(config: Row) -> Row:
    """The changes of the table `Configuration of source-zendesk-talk`."""
    changed = dict(config)
    if "access_token" in changed:
        token, email = changed.pop("access_token"), changed.pop("email")
        return {**changed, "credentials": {"credentials": "api_token", "email": email, "api_token": token}}
    credentials = dict(changed["credentials"])
    credentials["credentials"] = credentials.pop("auth_type")
    return {**changed, "credentials": credentials}


@pytest.mark.parametrize("kind", ["oauth2_refresh", "oauth2.0", "api_token", "outside `credentials`"])
def test_a_saved_talk_config_works_after_the_renaming(kind: str, zendesk: Emulator) -> None:
    saved = {"subdomain": "acme", "start_date": START, **talk_logins(zendesk)[kind]}
    config = {**rename_talk_fields(saved), "base_url": zendesk.base_url}
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    result = sync(config, ["addresses", "calls"])
    assert result.errors == []
    assert len(result.records["addresses"]) == len(zendesk.expected("GET", "/api/v2/channels/voice/addresses"))


def test_a_saved_talk_config_is_refused_before_the_renaming(zendesk: Emulator) -> None:
    saved = {"subdomain": "acme", "start_date": START, **talk_logins(zendesk)["api_token"]}
    zendesk.clear_requests()
    status = run("check", config={**saved, "base_url": zendesk.base_url}).connection_status
    assert status["status"] == "FAILED"
    assert "rename `auth_type` to `credentials`" in status["message"]
    assert zendesk.requests == []


@pytest.fixture(scope="module")
def talk(zendesk: Emulator) -> Result:
    result = sync(zendesk.config(start_date=START), TALK)
    assert result.errors == []
    return result


@pytest.mark.parametrize("name", TALK)
def test_every_talk_stream_is_read(name: str, talk: Result) -> None:
    assert talk.statuses[name][-1] == "COMPLETE"
    assert talk.records[name]


@pytest.mark.parametrize(
    "saved", [THEN, str(EPOCH), EPOCH, "2025-01-01T00:00:00+0000"], ids=["ISO 8601", "text", "number", "offset"]
)
@pytest.mark.parametrize("name", ["calls", "call_legs"])
def test_a_saved_talk_state_resumes(name: str, saved: Any, zendesk: Emulator, talk: Result) -> None:
    result = sync(zendesk.config(start_date=START), [name], state_of({name: {"updated_at": saved}}))
    assert result.errors == []
    rows = {row["id"]: epoch_of(row["updated_at"]) for row in talk.records[name]}
    received = {row["id"] for row in result.records[name]}
    assert {identifier for identifier, at in rows.items() if at >= EPOCH} <= received
    assert {identifier for identifier, at in rows.items() if at < EPOCH - 600} & received == set()
    assert 0 < len(received) < len(rows)


def test_tokens_of_phone_numbers_are_redacted(zendesk: Emulator, talk: Result) -> None:
    tokens = {row["token"] for row in zendesk.expected("GET", "/api/v2/channels/voice/phone_numbers")} - {None}
    assert tokens
    assert {row["token"] for row in talk.records["phone_numbers"]} == {None, "****"}
    assert [token for token in tokens if token in json.dumps(talk.messages)] == []


def chat_logins(zendesk: Emulator) -> dict[str, Row]:
    """The credentials of each kind in a config of source-zendesk-chat."""
    token = zendesk.account.login.product_token("chat")
    client = {"client_id": "a-client", "client_secret": "its-secret"}
    return {
        "access_token": {"credentials": "access_token", "access_token": token},
        "oauth2.0": {"credentials": "oauth2.0", "access_token": token, "refresh_token": "not-used", **client},
    }


def move_chat_config(saved: Row, zendesk: Emulator) -> Row:
    """The changes of the table `Configuration of source-zendesk-chat`."""
    config = zendesk.config()
    return {**saved, "credentials": config["credentials"], "chat": saved["credentials"], "base_url": config["base_url"]}


def ours(name: str) -> str:
    return "chat_triggers" if name == "triggers" else name


@pytest.mark.parametrize("kind", ["access_token", "oauth2.0"])
def test_a_saved_chat_config_works_after_the_move(kind: str, zendesk: Emulator) -> None:
    saved = {"subdomain": "acme", "start_date": START, "credentials": chat_logins(zendesk)[kind]}
    config = move_chat_config(saved, zendesk)
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    result = sync(config, ["departments", "chats"])
    assert result.errors == []
    assert len(result.records["departments"]) == len(zendesk.expected("GET", "/api/v2/chat/departments"))


@pytest.fixture(scope="module")
def chat(zendesk: Emulator) -> Result:
    for hours in (1, 23, 25):
        zendesk.store.create("chat_agent_timeline", None, agent_id=hours, start_time=iso(EPOCH - hours * 3600))
    result = sync(zendesk.config(start_date=START), [ours(name) for name in CHAT])
    assert result.errors == []
    return result


@pytest.mark.parametrize("name", CHAT)
def test_every_chat_stream_is_read(name: str, chat: Result) -> None:
    assert chat.statuses[ours(name)][-1] == "COMPLETE"
    assert chat.records[ours(name)]


CHAT_STATES = [
    *(("chats", "update_timestamp", saved) for saved in (THEN, str(EPOCH), EPOCH, "2025-01-01T00:00:00.000000Z")),
    *(("agent_timeline", "start_time", saved) for saved in (THEN, str(EPOCH * 10**6), EPOCH * 10**6)),
]


@pytest.mark.parametrize(("name", "field", "saved"), CHAT_STATES)
def test_a_saved_chat_state_resumes(name: str, field: str, saved: Any, zendesk: Emulator, chat: Result) -> None:
    result = sync(zendesk.config(start_date=START), [name], state_of({name: {field: saved}}))
    assert result.errors == []
    key = key_of(name)
    rows = {key(row): epoch_of(row[field][:19] + "Z") for row in chat.records[name]}
    received = {key(row) for row in result.records[name]}
    overlap = 86_400 if name == "agent_timeline" else 600
    since = EPOCH - (overlap if name == "agent_timeline" else 0)
    assert {identifier for identifier, at in rows.items() if at >= since} <= received
    assert {identifier for identifier, at in rows.items() if at < EPOCH - overlap} & received == set()
    assert 0 < len(received) < len(rows)


def key_of(name: str) -> Callable[[Row], Any]:
    return (lambda row: row["id"]) if name == "chats" else (lambda row: (row["agent_id"], row["start_time"]))


@pytest.mark.parametrize("name", ["agents", "bans"])
def test_a_saved_id_of_a_chat_stream_is_not_used(name: str, zendesk: Emulator, chat: Result) -> None:
    last = max(row["id"] for row in chat.records[name])
    catalog = configured_catalog(discover(zendesk.config()), [name])
    catalog["streams"][0] |= {"sync_mode": "incremental", "cursor_field": ["id"]}
    result = run("read", config=zendesk.config(), catalog=catalog, state=state_of({name: {"id": last}}))
    assert result.errors == []
    assert len(result.records[name]) == len(chat.records[name])


SELL: dict[str, Row] = json.loads((DATA / "airbyte_sell_streams.json").read_text())


def rename_sell_fields(config: Row, support: Row) -> Row:
    """The changes of the table `Configuration of source-zendesk-sell`; `support` are the fields that it requires."""
    return {**support, "sell": {"credentials": "access_token", "access_token": config["api_token"]}}


@pytest.fixture(scope="module")
def sell(zendesk: Emulator) -> Result:
    """A read with the saved config, and with the states of full syncs under the new names."""
    saved = {"api_token": zendesk.account.login.product_token("sell")}
    config = rename_sell_fields(saved, zendesk.config(sell=None, ai_agents=None, start_date=START))
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    shapes: list[Row] = [{}, {"__ab_full_refresh_sync_complete": True}, {"__ab_no_cursor_state_message": True}]
    states = {f"sell_{name}": shapes[number % len(shapes)] for number, name in enumerate(SELL)}
    return sync(config, [*states], state_of(states))


@pytest.mark.parametrize("name", SELL)
def test_every_sell_stream_is_read_with_a_saved_config_and_state(name: str, sell: Result, zendesk: Emulator) -> None:
    stream = f"sell_{name}"
    assert sell.stream_errors.get(stream) is None
    assert sell.statuses[stream][-1] == "COMPLETE"
    assert {row["id"] for row in sell.records[stream]} == {row["id"] for row in zendesk.store.all(stream)}


def test_a_saved_sell_config_is_refused_before_the_renaming(zendesk: Emulator) -> None:
    zendesk.clear_requests()
    status = run("check", config={"api_token": "a-token", "base_url": zendesk.base_url}).connection_status
    assert status["status"] == "FAILED"
    assert "subdomain" in status["message"]
    assert zendesk.requests == []
