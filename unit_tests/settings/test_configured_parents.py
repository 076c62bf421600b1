"""A field of a product's block replaces the parent stream that would return its value."""

from dataclasses import replace

import pytest

from source_zendesk.manifest import Manifest, ParentRef
from source_zendesk.settings.configured_parents import configured_endpoints, configured_values
from source_zendesk.settings.product_access import ProductAccess
from source_zendesk.settings.settings import Settings

MANIFEST = Manifest.load()
ACCOUNT = MANIFEST.accounts["messaging"]
CONFIGURED = {"messaging": ProductAccess(ACCOUNT, {"app_id": "a1"})}
APP = ParentRef(fields={"appId": "id"}, values=["a1"], setting="app_id")


def values(stream: str, products: dict[str, ProductAccess]) -> dict[str, str]:
    return configured_values(MANIFEST.endpoints[stream], MANIFEST.endpoints, products)


@pytest.mark.parametrize("products", [{}, {"messaging": ProductAccess(ACCOUNT)}])
def test_without_the_field_the_parent_stream_is_read(products: dict[str, ProductAccess]) -> None:
    assert configured_endpoints(MANIFEST.endpoints, products) == MANIFEST.endpoints
    assert values("messaging_integrations", products) == {}


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"app_id": "a1"}, "`messaging.key_secret`: expected a string; it is missing"),
        ({}, "`messaging.key_secret`: expected a string; it is missing"),
        ({"key_secret": "s1", "app_id": ".."}, "`messaging.app_id`: expected letters, digits, - and _; got '..'"),
    ],
)
def test_an_input_of_a_product_whose_block_is_not_valid_is_no_error(block: dict[str, str], problem: str) -> None:
    inputs = [{"stream": "messaging_users", "parameters": {"userIdOrExternalId": "u1"}}]
    login = {"credentials": "basic", "email": "ada@example.com", "password": "a-password"}
    settings = Settings.parse(
        {
            "subdomain": "acme",
            "credentials": login,
            "messaging": {"credentials": "app_key", "key_id": "k1", **block},
            "inputs": inputs,
        },
        MANIFEST,
    )
    assert settings.products["messaging"].problem.startswith(problem)
    assert settings.inputs == {"messaging_users": [{"userIdOrExternalId": "u1"}]}


def test_the_field_replaces_the_parent_stream() -> None:
    endpoints = configured_endpoints(MANIFEST.endpoints, CONFIGURED)
    assert endpoints["messaging_integrations"].parents == [APP]
    log, app = endpoints["messaging_users"].parents
    assert (log.stream, app) == ("conversation_log", APP)


def test_other_endpoints_and_products_are_unchanged() -> None:
    endpoints = configured_endpoints(MANIFEST.endpoints, CONFIGURED)
    changed = {name for name, each in endpoints.items() if each != MANIFEST.endpoints[name]}
    assert {MANIFEST.endpoints[name].options.account for name in changed} == {"messaging"}
    other = replace(MANIFEST.endpoints["messaging_integrations"], options=MANIFEST.endpoints["groups"].options)
    assert configured_endpoints({"other": other}, CONFIGURED) == {"other": other}


@pytest.mark.parametrize("stream", ["messaging_integrations", "messaging_users", "messaging_messages"])
def test_the_value_is_that_of_the_placeholder_also_of_grandchildren(stream: str) -> None:
    assert values(stream, CONFIGURED) == {"appId": "a1"}


@pytest.mark.parametrize(("fields", "path"), [({}, "/v2/apps"), ({"app_id": "a1"}, "/v2/apps/a1")])
def test_check_requests_the_app_of_the_block(fields: dict[str, str], path: str) -> None:
    assert ProductAccess(ACCOUNT, fields).check_path == path
