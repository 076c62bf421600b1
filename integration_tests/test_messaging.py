"""Sunshine Conversations: ids from tickets and the configuration, and messages from the newest page on."""

from __future__ import annotations

import base64

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, configured_catalog, discover, run, sync
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings

BY_USER = ["messaging_users", "messaging_clients", "messaging_devices", "messaging_conversations"]
BY_CONVERSATION = ["messaging_messages", "messaging_participants", "show_messaging_conversation"]
OF_APP = ["show_messaging_app", "messaging_integrations", "messaging_switchboards", "messaging_integration_webhooks"]


account = account_fixture(scope="module", rows=230, tickets=20)
"""An account with more messages in a conversation than a page has."""


def app_id(zendesk: Emulator) -> str:
    return str(zendesk.store.all("messaging_apps")[0]["id"])


def with_block(zendesk: Emulator, **fields: str) -> Row:
    config = zendesk.config()
    return {**config, "messaging": {**config["messaging"], **fields}}


def test_all_messages_are_read_from_the_newest_page_to_the_oldest(account: Emulator) -> None:
    records = sync(account.config(), ["messaging_messages"]).records["messaging_messages"]
    messages = account.store.all("messaging_messages")
    assert sorted(row["id"] for row in records) == sorted(row["id"] for row in messages)
    longest = account.store.all("messaging_conversations")[0]["id"]
    requests = account.requests_to(f"/v2/apps/{app_id(account)}/conversations/{longest}/messages")
    assert [list(request.query) for request in requests] == [[], ["page[before]"], ["page[before]"]]


@pytest.mark.parametrize("streams", [BY_USER, BY_CONVERSATION, OF_APP])
def test_a_key_of_one_app_needs_no_list_of_apps(streams: list[str], zendesk: Emulator) -> None:
    zendesk.faults.add("/v2/apps", status=403, times=1000)
    everything = sync(zendesk.config(messaging=with_block(zendesk, app_id=app_id(zendesk))["messaging"]), streams)
    assert zendesk.requests_to("/v2/apps") == []
    for name in streams:
        assert everything.records[name], name
        assert everything.statuses[name][-1] == "COMPLETE"


def test_the_records_are_the_same_with_and_without_the_id_of_the_app(zendesk: Emulator) -> None:
    streams = [*BY_USER, *BY_CONVERSATION, *OF_APP]
    with_id = sync(with_block(zendesk, app_id=app_id(zendesk)), streams)
    without = sync(zendesk.config(), streams)
    for name in streams:
        assert_same_rows(with_id.records[name], without.records[name])


@pytest.mark.parametrize(("fields", "path"), [({}, "/v2/apps"), ({"app_id": "a1"}, "/v2/apps/a1")])
def test_check_requests_the_app_or_the_list_of_apps(fields: Row, path: str, zendesk: Emulator) -> None:
    run("check", config=with_block(zendesk, **fields))
    assert [request.path for request in zendesk.requests if request.path.startswith("/v2/apps")] == [path]


def test_a_key_is_sent_with_basic_authentication(zendesk: Emulator) -> None:
    block = {"credentials": "app_key", "key_id": "messaging-key", "key_secret": "messaging-secret"}
    config = zendesk.config(messaging={**block, "host": "api.smooch.io", "app_id": app_id(zendesk)})
    assert sync(config, ["show_messaging_app"]).records["show_messaging_app"]
    sent = zendesk.requests_to(f"/v2/apps/{app_id(zendesk)}")[-1].headers["authorization"]
    assert sent == f"Basic {base64.b64encode(b'messaging-key:messaging-secret').decode()}"


def test_a_later_read_requests_the_users_of_changed_tickets_only(zendesk: Emulator) -> None:
    streams = [*BY_USER, "messaging_messages"]
    first = sync(zendesk.config(), streams)
    zendesk.clock.advance(hours=1)
    idle = sync(zendesk.config(), streams, first.state)
    assert not any(idle.records[name] for name in streams)
    zendesk.store.update("tickets", 9, subject="Again")
    zendesk.clock.advance(hours=1)
    zendesk.clear_requests()
    changed = sync(zendesk.config(), streams, idle.state)
    log = zendesk.expected("GET", "/api/v2/tickets/9/conversation_log")
    users = {event["author"]["zen:sunco:user_id"] for event in log}
    assert {row["id"] for row in changed.records["messaging_users"]} == users
    conversations = [each for user in users for each in zendesk.store.children("messaging_conversations", userId=user)]
    read = {row["conversationId"] for row in changed.records["messaging_messages"]}
    assert read <= {row["id"] for row in conversations}
    assert read


@pytest.mark.parametrize("name", ["filter[userId]", "filter[userExternalId]"])
def test_the_configuration_may_name_users(name: str, zendesk: Emulator) -> None:
    user = zendesk.store.all("messaging_users")[1]
    value = user["id"] if name == "filter[userId]" else user["externalId"]
    inputs = [{"stream": "messaging_conversations", "parameters": {name: value}}]
    result = sync(with_block(zendesk, app_id=app_id(zendesk)) | {"inputs": inputs}, ["messaging_conversations"])
    ids = {row["id"] for row in zendesk.store.children("messaging_conversations", userId=user["id"])}
    assert {row["id"] for row in result.records["messaging_conversations"]} == ids
    assert not [request for request in zendesk.requests if "/tickets" in request.path]


def test_the_configuration_may_name_a_conversation(zendesk: Emulator) -> None:
    conversation = zendesk.store.all("messaging_conversations")[0]["id"]
    inputs = [{"stream": "messaging_messages", "parameters": {"conversationId": conversation}}]
    config = with_block(zendesk, app_id=app_id(zendesk)) | {"inputs": inputs}
    records = sync(config, ["messaging_messages"]).records["messaging_messages"]
    assert {row["id"] for row in records} == {
        row["id"] for row in zendesk.store.children("messaging_messages", conversationId=conversation)
    }
    assert {row["appId"] for row in records} == {app_id(zendesk)}


def test_without_the_id_of_the_app_an_input_needs_it(zendesk: Emulator) -> None:
    inputs = [{"stream": "messaging_messages", "parameters": {"conversationId": "c1"}}]
    status = run("check", config=zendesk.config(inputs=inputs)).connection_status
    assert status["message"].startswith("`inputs[0].parameters.appId`: it is missing; messaging_messages takes appId, ")
    assert status["message"].endswith(", or set `messaging.app_id` for all items.")


def test_check_names_the_fields_of_a_wrong_address(zendesk: Emulator) -> None:
    status = run("check", config=with_block(zendesk, app_id="wrong")).connection_status
    named = "`messaging.host` and `messaging.app_id`"
    assert status["message"].startswith("`messaging`: There is no Messaging at ")
    assert f"; check {named}, and that the account has Messaging. (404" in status["message"]


@pytest.mark.parametrize("name", OF_APP)
@pytest.mark.parametrize("others", [[], ["messaging_apps"]])
def test_a_stream_of_an_app_that_does_not_exist_fails_by_the_field(
    name: str, others: list[str], zendesk: Emulator
) -> None:
    config = with_block(zendesk, app_id="wrong")
    catalog = configured_catalog(discover(config), [name, *others, "groups"])
    result = run("read", config=config, catalog=catalog)
    assert result.statuses[name][-1] == "INCOMPLETE"
    assert "check `messaging.app_id`. (" in result.stream_errors[name]
    assert result.exit_code == 1
    assert {result.statuses[each][-1] for each in [*others, "groups"]} == {"COMPLETE"}


def test_secrets_are_masked(zendesk: Emulator) -> None:
    result = sync(zendesk.config(), ["messaging_integration_webhooks", "messaging_devices"])
    assert {row["secret"] for row in result.records["messaging_integration_webhooks"]} == {"****"}
    assert {row["pushNotificationToken"] for row in result.records["messaging_devices"]} <= {"****", None}
    assert "webhook-secret" not in str(result.messages)


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({}, "https://acme.zendesk.com/sc"),
        ({"host": "api.smooch.io"}, "https://api.smooch.io"),
        ({"host": "api.eu-1.smooch.io"}, "https://api.eu-1.smooch.io"),
    ],
)
def test_the_host_is_the_account_s_or_the_configured_one(fields: Row, address: str) -> None:
    support = {"credentials": "oauth2.0", "access_token": "a-token"}
    block = {"credentials": "access_token", "access_token": "a-jwt", **fields}
    config = {"subdomain": "acme", "credentials": support, "messaging": block}
    assert Settings.parse(config, Manifest.load()).products["messaging"].api_url == address


def test_another_host_is_refused(zendesk: Emulator) -> None:
    status = run("check", config=with_block(zendesk, host="evil.example.com")).connection_status
    assert "`messaging.host`" in status["message"]
