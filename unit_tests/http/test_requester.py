"""The requester sends its requests to the account, or to a brand of it."""

from typing import Any

import pytest
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import NoAuth
from requests_mock import Mocker

from source_zendesk.http.error_handler import ZendeskErrorHandler
from source_zendesk.http.requester import ZendeskRequester
from source_zendesk.manifest import Manifest
from unit_tests.account import ACCOUNT, requester

URL = Manifest.load().content["definitions"]["requester"]["url"]


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ({"subdomain": "acme"}, ACCOUNT),
        ({"subdomain": "acme", "base_url": ""}, ACCOUNT),
        ({"subdomain": "acme", "base_url": "http://127.0.0.1:8888/"}, "http://127.0.0.1:8888"),
    ],
)
def test_the_address_is_interpolated_from_a_raw_configuration(config: dict[str, Any], address: str) -> None:
    sender = ZendeskRequester("groups", config, URL, NoAuth(parameters={}), ZendeskErrorHandler(config))
    assert sender.get_url() == address


@pytest.mark.parametrize(("user", "sent"), [("ada@example.com", "ada@example.com"), ("", None), (None, None)])
def test_a_request_is_sent_on_behalf_of_the_configured_user(user: Any, sent: Any, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ACCOUNT}/api/v2/groups?role=agent", json={})
    requester({"on_behalf_of": user}).send_request(path="/api/v2/groups", request_params={"role": "agent"})
    headers = requests_mock.request_history[0].headers
    assert (headers.get("X-On-Behalf-Of"), headers["Accept"]) == (sent, "application/json")


def test_a_brand_is_requested_at_its_own_address(requests_mock: Mocker) -> None:
    requests_mock.get("https://acme-eu.zendesk.com/api/v2/articles", json={})
    address = {"address": "https://acme-eu.zendesk.com"}
    assert requester().send_request(path="/api/v2/articles", stream_slice=address)


def test_the_hook_is_called_for_each_response(requests_mock: Mocker) -> None:
    requests_mock.get(f"{ACCOUNT}/api/v2/groups", json={})
    counting, calls = requester(), []
    counting.add_response_hook(lambda: calls.append(1))
    for _ in range(2):
        counting.send_request(path="/api/v2/groups")
    assert len(calls) == 2
