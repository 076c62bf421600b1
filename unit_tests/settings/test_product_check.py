"""`check` of products: each failure names the block, the cause and the remedy."""

import re
from dataclasses import replace
from typing import Any

import pytest
from requests_mock import Mocker

from source_zendesk.errors import ConfigError
from source_zendesk.manifest.product_account import ProductAccount
from source_zendesk.settings import Settings
from source_zendesk.settings.product_access import parse_access
from source_zendesk.settings.product_check import check_products
from unit_tests.manifest.small_manifest import ACCOUNT
from unit_tests.settings.test_settings import parse

ADDRESS = "https://acme.zendesk.com/api/v2/chat/agents"
TOKEN = {"credentials": "access_token", "access_token": "a-token"}


def settings(**blocks: Any) -> Settings:
    account = ProductAccount.from_content("chat", ACCOUNT)
    config = {"subdomain": "acme", "base_url": ""}
    return replace(
        parse(), products={name: parse_access(name, block, account, config) for name, block in blocks.items()}
    )


def test_a_product_that_can_be_read(requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, json=[])
    check_products(settings(chat=TOKEN))
    assert requests_mock.request_history[0].headers["Authorization"] == "Bearer a-token"


def test_without_products_nothing_is_sent(requests_mock: Mocker) -> None:
    check_products(settings())
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (401, "{}", "`chat`: Chat refuses the credentials (access_token); check `chat`. (401"),
        (403, "{}", "`chat`: The credentials may not read Chat; give them access to it, or remove `chat`"),
        (404, "{}", "`chat`: There is no Chat at https://acme.zendesk.com; check `subdomain` and `chat`"),
        (422, "{}", "`chat`: Chat refuses the request of `check`; check `chat`. (422"),
        (200, "<html>", "`chat`: The server at https://acme.zendesk.com is not Zendesk"),
    ],
)
def test_a_refusal(status: int, text: str, message: str, requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, status_code=status, text=text)
    with pytest.raises(ConfigError, match="^" + re.escape(message)):
        check_products(settings(chat=TOKEN))


def test_every_failure_is_named(requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, status_code=401)
    with pytest.raises(ConfigError) as refused:
        check_products(settings(chat=TOKEN, sell={"credentials": "access_token"}))
    assert "`chat`: Chat refuses the credentials" in str(refused.value.message)
    assert "`sell.access_token`: expected a string; it is missing." in str(refused.value.message)
