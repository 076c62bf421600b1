"""The block of a product determines its address and credentials; a block that is not valid is no error of others."""

from dataclasses import replace
from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.product_account import ProductAccount
from source_zendesk.settings.product_access import ProductAccess, parse_access, parse_products
from unit_tests.manifest.small_manifest import ACCOUNT

MANIFEST = Manifest.load()
CHAT = ProductAccount.from_content("chat", ACCOUNT)
TOKEN = {"credentials": "access_token", "access_token": "a-token"}


def parse(block: Any, base_url: str = "") -> ProductAccess:
    return parse_access("chat", block, CHAT, {"subdomain": "acme", "base_url": base_url})


@pytest.mark.parametrize(
    ("more", "base_url", "address", "headers"),
    [
        ({}, "", "https://acme.zendesk.com", {}),
        ({"host": "www.zopim.com"}, "", "https://www.zopim.com", {}),
        ({}, "http://127.0.0.1:8888", "http://127.0.0.1:8888", {"Host": "acme.zendesk.com"}),
        ({"base_url": "http://127.0.0.1:9999/"}, "http://127.0.0.1:8888", "http://127.0.0.1:9999", {}),
    ],
)
def test_the_address(more: dict[str, str], base_url: str, address: str, headers: dict[str, str]) -> None:
    access = parse(TOKEN | more, base_url)
    assert (access.api_url, access.headers, access.problem) == (address, headers, "")


@pytest.mark.parametrize(("host", "left_out"), [({}, ""), ({"host": "www.zopim.com"}, "/chat")])
def test_the_part_of_paths_that_a_host_does_not_have(host: dict[str, str], left_out: str) -> None:
    account = replace(CHAT, left_out="{{ '/chat' if block.get('host') else '' }}")
    access = parse_access("chat", TOKEN | host, account, {"subdomain": "acme", "base_url": ""})
    assert access.overrides["left_out"] == left_out


def test_the_components_of_the_product_have_its_credentials_only() -> None:
    overrides = parse(TOKEN | {"access_token": " a-token\n"}).overrides
    assert overrides["credentials"] == TOKEN
    assert overrides["on_behalf_of"] == ""


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"credentials": "access_token"}, "`chat.access_token`: expected a string; it is missing. access_token needs"),
        (TOKEN | {"access_token": " "}, "`chat.access_token`: expected a string; it is missing."),
        (TOKEN | {"access_token": 7}, "`chat.access_token`: expected a string; got a number."),
        (TOKEN | {"access_token": "a\nb"}, "`chat.access_token`: it contains a line break"),
        ({"credentials": "password"}, "`chat.credentials`: expected one of access_token; got 'password'."),
        ({}, "`chat.credentials`: expected"),
        ("a-token", "`chat`: expected an object; got a string."),
        (TOKEN | {"base_url": "http://example.com"}, "`chat.base_url`: expected an https address"),
        (TOKEN | {"base_url": 7}, "`chat.base_url`: expected a string; got a number."),
    ],
)
def test_an_invalid_block_is_a_problem_of_the_product(block: Any, problem: str) -> None:
    assert parse(block).problem.startswith(problem)


@pytest.mark.parametrize(("config", "names"), [({"chat": None}, set()), ({}, set()), ({"chat": TOKEN}, {"chat"})])
def test_only_products_with_a_block_have_access(config: dict[str, Any], names: set[str]) -> None:
    assert set(parse_products(config, {"chat": CHAT}, {"subdomain": "acme", "base_url": ""})) == names


def test_the_error_of_a_time_names_its_form() -> None:
    block = {"credentials": "oauth2_refresh", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
    sell = MANIFEST.accounts["sell"]
    access = parse_access("sell", block | {"token_expiry_date": "soon"}, sell, {"subdomain": "acme", "base_url": ""})
    assert access.problem.startswith("`sell.token_expiry_date`: expected a time such as 2024-01-01T00:00:00Z")


@pytest.mark.parametrize("name", sorted(MANIFEST.accounts))
def test_the_fields_of_an_address_are_those_that_its_templates_contain(name: str) -> None:
    account, block = MANIFEST.accounts[name], {"host": "a", "app_id": "b"}
    subdomain = ["subdomain"] if "subdomain" in account.url else []
    host = [f"{name}.host"] if "'host'" in account.url else []
    app = [f"{name}.app_id"] if "'app_id'" in account.check else []
    assert ProductAccess(account, {}).address_fields(name) == subdomain
    assert ProductAccess(account, block).address_fields(name) == (host or subdomain) + app
    own_server = ProductAccess(account, {"base_url": "http://127.0.0.1:1"})
    assert own_server.address_fields(name) == [f"{name}.base_url"]
