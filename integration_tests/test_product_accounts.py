"""Products with credentials of their own: a product without access fails by name, and all others are read."""

import base64
from collections.abc import Callable

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import accounts
from integration_tests.harness import Result, Row, configured_catalog, discover, run
from integration_tests.recording_server import RecordingServer, Reply
from source_zendesk.manifest import Endpoint, Manifest

MANIFEST = Manifest.load()
PRODUCTS = sorted(accounts())


def streams_of(product: str) -> list[Endpoint]:
    """The streams of a product that a sync reads without parents."""
    readable = [each for each in MANIFEST.endpoints.values() if each.is_readable and not each.parents]
    return [each for each in readable if each.options.account == product]


def read(config: Row, complete: Row, *names: str) -> Result:
    return run("read", config=config, catalog=configured_catalog(discover(complete), names))


def secrets(block: Row) -> list[str]:
    pair = f"{block.get('key_id')}:{block.get('key_secret')}"
    return [value for name, value in block.items() if name != "credentials"] + [
        base64.b64encode(pair.encode()).decode()
    ]


def wrong(block: Row) -> Row:
    return {name: value if name in ("credentials", "host") else f"not-{value}" for name, value in block.items()}


def incomplete(block: Row) -> Row:
    return {"credentials": block["credentials"]}


def test_the_emulator_serves_every_account_of_the_manifest() -> None:
    assert sorted(MANIFEST.accounts) == PRODUCTS


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_streams_of_a_product_need_its_block(product: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    names = {each.name for each in streams_of(product)}
    assert names <= discover(config).keys()
    assert not names & discover(config | {product: None}).keys()


@pytest.mark.parametrize("product", PRODUCTS)
def test_check_tests_each_product(product: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    status = run("check", config=config | {product: wrong(config[product])}).connection_status
    assert status["status"] == "FAILED"
    assert status["message"].startswith(f"`{product}`: ")


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("damage", [wrong, incomplete])
def test_a_product_without_access_fails_by_name_and_support_is_read(
    product: str, damage: Callable[[Row], Row], quiet_zendesk: Emulator
) -> None:
    config = quiet_zendesk.config()
    name = streams_of(product)[0].name
    result = read(config | {product: damage(config[product])}, config, name, "groups")
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert result.records["groups"]
    assert result.statuses[name][-1] == "INCOMPLETE"
    assert f"`{product}" in result.stream_errors[name]
    assert result.exit_code == 1


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_redirect_to_another_host_fails_by_name_and_gets_no_secret(product: str, quiet_zendesk: Emulator) -> None:
    config, name = quiet_zendesk.config(), streams_of(product)[0].name
    with RecordingServer() as elsewhere, RecordingServer() as host:
        host.responder = lambda arrived: Reply(302, headers={"Location": elsewhere.base_url + arrived.target})
        block = config[product] | {"base_url": host.base_url}
        result = read(config | {product: block}, config, name, "groups")
        assert host.requests
        assert elsewhere.requests == []
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert f"`{product}`" in result.stream_errors[name]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_secret_is_sent_with_requests_of_its_product_only(product: str, zendesk: Emulator) -> None:
    config, names = zendesk.config(), [each.name for each in streams_of(product)]
    read(config, config, "groups", *names)
    own = {each.path.split("{")[0] for each in MANIFEST.endpoints.values() if each.options.account == product}
    for request in zendesk.requests:
        is_own = any(request.path.startswith(path) for path in own)
        sent = request.headers["authorization"]
        assert any(secret in sent for secret in secrets(config[product])) == is_own, request.path
