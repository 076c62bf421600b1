"""The account of a product becomes a block of the specification, and its entries refer to it."""

from typing import Any

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.product_account import GROUP
from unit_tests.manifest.small_manifest import ACCOUNT, BRANDS, GROUPS, build


def product(**account: Any) -> dict[str, Any]:
    return {"account": ACCOUNT | account, "defaults": {"account": "chat"}, "streams": [BRANDS]}


def test_only_the_entries_of_the_product_have_its_account() -> None:
    manifest = build(GROUPS, chat=product())
    assert {name: each.options.account for name, each in manifest.endpoints.items()} == {"groups": "", "brands": "chat"}


def test_an_entry_of_the_product_can_have_the_account_of_support() -> None:
    own = product() | {"streams": [BRANDS | {"account": ""}]}
    assert build(GROUPS, chat=own).endpoints["brands"].options.account == ""


def test_the_block_is_part_of_the_specification() -> None:
    form = build(GROUPS, chat=product()).subset(["groups"])["spec"]["connection_specification"]
    block = form["properties"].pop("chat")
    assert form == {"groups": [GROUP], "properties": {"subdomain": {"order": 0}}}
    assert (block["title"], block["order"], block["group"]) == ("Chat", 1, "products")
    assert "properties" not in block
    assert block["oneOf"][0]["properties"]["base_url"]["airbyte_hidden"] is True


def test_a_common_field_is_part_of_each_alternative() -> None:
    kinds = [{"properties": {"credentials": {"const": kind}}} for kind in ("basic", "access_token")]
    config = {"title": "Chat", "oneOf": kinds, "properties": {"host": {"type": "string"}}}
    form = build(GROUPS, chat=product(config=config)).spec["connection_specification"]
    alternatives = form["properties"]["chat"]["oneOf"]
    assert [[*each["properties"]] for each in alternatives] == [["credentials", "host", "base_url"]] * 2


def test_without_accounts_the_specification_is_that_of_the_manifest() -> None:
    assert build(GROUPS).spec == {"connection_specification": {"properties": {"subdomain": {"order": 0}}}}


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ({"check": ""}, "chat: its account needs check"),
        ({"url": "", "config": {}}, "chat: its account needs url, config"),
        ({"host": "a"}, "an account has no host"),
        ({"check": 1}, "check must be a text, got 1"),
    ],
)
def test_an_invalid_account_is_rejected(account: dict[str, Any], message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        build(GROUPS, chat=product(**account))


def test_an_unknown_account_is_rejected() -> None:
    with pytest.raises(ManifestError, match="groups: account: no product chat has an account"):
        build(GROUPS | {"account": "chat"})
