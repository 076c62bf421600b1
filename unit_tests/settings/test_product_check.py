"""`check` of products: each failure names the block, the cause and the remedy."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from requests_mock import Mocker

from source_zendesk.manifest.product_account import ProductAccount
from source_zendesk.settings import Settings
from source_zendesk.settings.connection import find_failures
from source_zendesk.settings.product_access import parse_access
from source_zendesk.settings.product_check import block_problems, product_checks
from unit_tests.manifest.small_manifest import ACCOUNT
from unit_tests.settings.test_settings import parse

ADDRESS = "https://acme.zendesk.com/api/v2/chat/agents"
UNREACHED, BOTH = "`chat`: No response from https://acme.zendesk.com:", "`subdomain` and `chat`"
TOKEN = {"credentials": "access_token", "access_token": "a-token"}


def settings(**blocks: Any) -> Settings:
    account = ProductAccount.from_content("chat", ACCOUNT)
    config = {"subdomain": "acme", "base_url": ""}
    return replace(
        parse(), products={name: parse_access(name, block, account, config) for name, block in blocks.items()}
    )


def failures(**blocks: Any) -> list[str]:
    configured = settings(**blocks)
    return [*find_failures(product_checks(configured)), *block_problems(configured)]


def test_a_product_that_can_be_read(requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, json=[])
    assert failures(chat=TOKEN) == []
    assert requests_mock.request_history[0].headers["Authorization"] == "Bearer a-token"


def test_without_products_there_is_no_check() -> None:
    assert (product_checks(settings()), block_problems(settings())) == ([], [])


@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (401, "{}", "`chat`: Chat refuses the credentials (access_token); check `chat.access_token`. Those of another"),
        (403, "{}", "`chat`: The credentials may not read Chat; give them access to it, or remove `chat`"),
        (404, "{}", "`chat`: There is no Chat at https://acme.zendesk.com; check `subdomain`, and that"),
        (422, "{}", "`chat`: Chat refuses the request of `check`; check `chat`. (422"),
        (200, "<html>", "`chat`: The server at https://acme.zendesk.com is not Zendesk"),
        (200, "{}", "`chat`: The server at https://acme.zendesk.com is not Chat: its response has another form"),
    ],
)
def test_a_refusal(status: int, text: str, message: str, requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, status_code=status, text=text)
    (failure,) = failures(chat=TOKEN)
    assert failure.startswith(message)


@pytest.mark.parametrize(("body", "failed"), [({"app": {}}, 0), ({"apps": []}, 0), ({"hello": 1}, 1), ([], 1), (1, 1)])
def test_the_response_has_one_of_the_keys(body: object, failed: int, requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, json=body)
    account = ProductAccount.from_content("chat", {**ACCOUNT, "check_keys": ["app", "apps"]})
    access = parse_access("chat", TOKEN, account, {"subdomain": "acme", "base_url": ""})
    assert len(find_failures(product_checks(replace(parse(), products={"chat": access})))) == failed


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (requests.ConnectionError(ConnectionRefusedError()), f"{UNREACHED} the connection is refused; check {BOTH}"),
        (RuntimeError("gone wrong"), "`chat`: The connector failed (RuntimeError: gone wrong)."),
        (UnicodeError("bad host"), "`chat`: The connector failed (UnicodeError: bad host)."),
    ],
)
def test_an_error_of_any_kind_is_named(error: Any, message: str, requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, exc=error)
    (failure,) = failures(chat=TOKEN)
    assert failure.startswith(message)


def test_every_failure_is_named(requests_mock: Mocker) -> None:
    requests_mock.get(ADDRESS, status_code=401)
    refused, missing = failures(chat=TOKEN, sell={"credentials": "access_token"})
    assert refused.startswith("`chat`: Chat refuses the credentials")
    assert missing.startswith("`sell.access_token`: expected a string; it is missing.")
