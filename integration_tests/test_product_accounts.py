"""Products with credentials of their own: a product without access fails by name, and all others are read."""

import base64
import re
import socket
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import accounts
from integration_tests.emulator.emulator import STORAGE
from integration_tests.harness import Result, Row, configured_catalog, discover, run
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from integration_tests.samples import combine
from source_zendesk.http import backoff, reachability
from source_zendesk.http.authenticator import GRANTS
from source_zendesk.manifest import Endpoint, Manifest

MANIFEST = Manifest.load()
PRODUCTS = sorted(accounts())
RECORD_PATHS = {"ai_agents": (STORAGE,), "wfm": ("/wfm/l5/api/v2/teams",)}
"""The beginning of the paths that return records, of products of which some paths return none."""


def streams_of(product: str) -> list[Endpoint]:
    """The streams of a product that a sync reads without parent streams."""
    readable = [each for each in MANIFEST.endpoints.values() if each.is_readable]
    readable = [each for each in readable if not any(parent.stream for parent in each.parents)]
    return [each for each in readable if each.options.account == product]


def read(config: Row, complete: Row, *names: str) -> Result:
    return run("read", config=config, catalog=configured_catalog(discover(complete), names))


def secrets(block: Row) -> list[str]:
    pair = f"{block.get('key_id')}:{block.get('key_secret')}"
    return [block[name] for name in ("access_token", "api_key") if name in block] + [
        base64.b64encode(pair.encode()).decode()
    ]


def wrong(block: Row) -> Row:
    secret = ("access_token", "api_key")
    return {name: f"not-{value}" if name in secret else value for name, value in block.items()}


def incomplete(block: Row) -> Row:
    return {"credentials": block["credentials"]}


def closed_address() -> str:
    """The address of a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def named_blocks(message: str) -> list[str]:
    """The blocks with which the failures in a message start."""
    return [name for name in re.findall(r"(?:^|\) |\. )`(\w+)[`.]", message) if name in PRODUCTS]


def expected_fields(product: str, kind: str) -> list[str]:
    """Each required field of the credentials, with its description."""
    (form,) = [
        each
        for each in MANIFEST.accounts[product].config["oneOf"]
        if each["properties"]["credentials"]["const"] == kind
    ]
    descriptions = {name: form["properties"][name]["description"] for name in form["required"][1:]}
    return [f"`{product}.{name}` ({text[0].lower()}{text[1:].rstrip('.')})" for name, text in descriptions.items()]


def test_the_emulator_serves_every_account_of_the_manifest() -> None:
    assert sorted(MANIFEST.accounts) == PRODUCTS


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_streams_of_a_product_need_its_block(product: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    names = {each.name for each in streams_of(product)}
    assert names <= discover(config).keys()
    assert not names & discover(config | {product: None}).keys()
    result = read(config | {product: None}, config, *sorted(names), "groups")
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert result.errors[-1].startswith(f"Streams that need the block `{product}`: {', '.join(sorted(names))}.")


@pytest.mark.parametrize("product", PRODUCTS)
def test_check_tests_each_product(product: str, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    assert run("check", config=config).connection_status == {"status": "SUCCEEDED"}
    status = run("check", config=config | {product: wrong(config[product])}).connection_status
    assert status["status"] == "FAILED"
    assert status["message"].startswith(f"`{product}`: ")
    assert all(expected in status["message"] for expected in expected_fields(product, config[product]["credentials"]))


SUPPORT: dict[str, tuple[str, Callable[[Row], Row]]] = {
    "right": ("", lambda _: {}),
    "wrong": (
        "Zendesk refuses the credentials (api_token); check `credentials`",
        lambda config: {"credentials": config["credentials"] | {"api_token": "not-the-token"}},
    ),
    "unreachable": ("the connection is refused; check `subdomain`", lambda _: {"base_url": closed_address()}),
}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("damage", [wrong, incomplete])
@pytest.mark.parametrize("support", SUPPORT)
def test_check_names_the_failure_of_support_and_that_of_a_product(
    support: str, damage: Callable[[Row], Row], product: str, quiet_zendesk: Emulator
) -> None:
    config = quiet_zendesk.config()
    blocks = {name: config[name] | {"base_url": quiet_zendesk.base_url} for name in PRODUCTS}
    cause, change = SUPPORT[support]
    config |= blocks | {product: damage(blocks[product])} | change(config)
    status = run("check", config=config).connection_status
    assert status["status"] == "FAILED"
    assert named_blocks(status["message"]) == [product]
    of_support, _, _ = status["message"].partition(f"`{product}")
    assert (cause in of_support) if cause else not of_support


def test_check_names_every_failure_in_one_message(quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config()
    config |= {name: wrong(config[name]) for name in PRODUCTS} | SUPPORT["wrong"][1](config)
    message = run("check", config=config).connection_status["message"]
    assert message.startswith(SUPPORT["wrong"][0])
    assert sorted(named_blocks(message)) == PRODUCTS


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
@pytest.mark.parametrize("body", [{"hello": "world"}, ["hello"], "hello", None])
def test_check_names_a_product_whose_host_returns_another_json(
    body: object, product: str, quiet_zendesk: Emulator
) -> None:
    config = quiet_zendesk.config()
    with RecordingServer(lambda _: Reply(200, body)) as server:
        block = config[product] | {"base_url": f"http://127.0.0.1:{server.port}"}
        status = run("check", config=config | {product: block}).connection_status
    if product == "chat" and isinstance(body, list):
        # Lists of Chat have no envelope.
        assert status["status"] == "SUCCEEDED"
    else:
        assert named_blocks(status["message"]) == [product]


UNKNOWN_NAME = "unknown.invalid"
WRONG_HOSTS: dict[str, tuple[str, Reply, str]] = {
    "a web page": ("http://127.0.0.1:{port}", Reply(200, "<html><title>Welcome</title></html>"), "is a web page"),
    "another object": ("http://127.0.0.1:{port}", Reply(200, {"hello": "world"}), "the response"),
    "an unknown name": (f"https://{UNKNOWN_NAME}", Reply(), "its name cannot be resolved"),
    "a server without TLS": ("https://127.0.0.1:{port}", Reply(), "the secure connection fails (TLS)"),
}


@pytest.fixture
def without_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends the retries of what never responds after seconds, and those of a wrong response at once."""
    resolve = socket.getaddrinfo

    def resolve_known(host: Any, *args: Any, **options: Any) -> Any:
        if host == UNKNOWN_NAME:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return resolve(host, *args, **options)

    monkeypatch.setattr("socket.getaddrinfo", resolve_known)
    monkeypatch.setattr(reachability, "LIMIT_IN_SECONDS", 5.0)
    monkeypatch.setattr(backoff, "SHORTEST_WAIT_AFTER_RESPONSE", 0.01)


@pytest.mark.usefixtures("without_long_waits")
@pytest.mark.parametrize(("product", "host"), combine(PRODUCTS, WRONG_HOSTS))
def test_a_host_that_is_not_the_product_fails_by_name_and_all_others_are_read(
    product: str, host: str, quiet_zendesk: Emulator
) -> None:
    # The record of a single object may be the whole response.
    names = {each: next(one.name for one in streams_of(each) if one.family != "single_object") for each in PRODUCTS}
    config, (address, reply, cause) = quiet_zendesk.config(), WRONG_HOSTS[host]
    with RecordingServer(lambda _: reply) as server:
        block = config[product] | {"base_url": address.format(port=server.port)}
        result = read(config | {product: block}, config, *names.values(), "groups")
    failed = names.pop(product)
    assert {name: result.statuses[name][-1] for name in (*names.values(), "groups")} == dict.fromkeys(
        (*names.values(), "groups"), "COMPLETE"
    )
    assert result.statuses[failed][-1] == "INCOMPLETE"
    assert list(result.stream_errors) == [failed]
    assert result.stream_errors[failed].startswith(f"Stream {failed}: ")
    assert cause in result.stream_errors[failed]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_token_that_expires_during_the_sync_fails_by_name_and_keeps_what_was_read(product: str) -> None:
    readable = [each for each in MANIFEST.endpoints.values() if each.is_readable and each.options.account == product]
    names = [each.name for each in readable][:6]
    with Emulator(seed=1, rows=230, tickets=1) as zendesk:
        config = zendesk.config()
        prefixes = RECORD_PATHS.get(product) or tuple(each.path.split("{")[0] for each in readable)

        def expire() -> None:
            if any(request.path.startswith(prefixes) for request in zendesk.requests):
                zendesk.account.login.replaced_tokens[product] = "another-token"

        zendesk.account.before_response = expire
        result = read(config, config, *names, "groups")
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert any(result.records[name] for name in names)
    failed = {name for name in names if result.statuses[name][-1] == "INCOMPLETE"}
    assert failed
    assert result.stream_errors.keys() == failed
    expected = expected_fields(product, config[product]["credentials"])
    for error in result.stream_errors.values():
        assert "refuses the credentials (401); check " in error
        assert all(text in error for text in expected)


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


REFUSALS = {
    "404 web page": (Reply(404, "<html><title>Not here</title></html>"), "a web page"),
    "404": (Reply(404, {"error": "InvalidEndpoint", "description": "Not found"}), "No stream of `{}` at http"),
    "404 of another server": (Reply(404, {"hello": 1}), "No stream of `{}` at http"),
    "403": (Reply(403, {"error": "Forbidden"}), "No stream of `{}` at http"),
}
"""The responses of a host that refuses every request, and the cause in the errors of its streams."""


# AI agents respond with 404 for a day without conversations.
REFUSED = [(refusal, product) for refusal in REFUSALS for product in PRODUCTS]
REFUSED.remove(("404 of another server", "ai_agents"))
WITH_STREAMS = [product for product in PRODUCTS if product != "ai_agents"]
"""The products with several streams."""


@pytest.mark.parametrize(("refusal", "product"), REFUSED)
def test_a_host_that_refuses_everything_fails_each_stream_of_its_product_by_name(
    refusal: str, product: str, quiet_zendesk: Emulator
) -> None:
    reply, cause = REFUSALS[refusal]
    entries = [each for each in MANIFEST.endpoints.values() if each.options.account == product]
    names = [each.name for each in entries if each.kind == "read"]
    with RecordingServer(lambda _: reply) as host:
        config = quiet_zendesk.config()
        block = config[product] | {"base_url": host.base_url}
        result = read(config | {product: block}, config, *names, "groups")
        assert result.exit_code == 1
        assert result.statuses["groups"][-1] == "COMPLETE"
        assert {name: result.statuses[name][-1] for name in names} == dict.fromkeys(names, "INCOMPLETE")
        for name in names:
            assert f"Stream {name}" in result.stream_errors[name]
            assert cause.format(product) in result.stream_errors[name]
            assert f"`{product}`" in result.stream_errors[name]
        assert refusal == "404 web page" or host.base_url in result.errors[-1]


@pytest.mark.parametrize("product", WITH_STREAMS)
def test_a_refused_stream_of_a_product_is_skipped_if_another_one_is_readable(
    product: str, quiet_zendesk: Emulator
) -> None:
    of_product = [each for each in MANIFEST.endpoints.values() if each.options.account == product]
    readable = streams_of(product)[0].name
    refused = next(each for each in of_product if each.is_readable and each.name != readable)
    quiet_zendesk.faults.add(re.sub(r"{\w+}", "*", refused.path), status=403, times=999)
    result = read(quiet_zendesk.config(), quiet_zendesk.config(), readable, refused.name)
    assert result.exit_code == 0
    assert {name: result.statuses[name][-1] for name in (readable, refused.name)} == {
        readable: "COMPLETE",
        refused.name: "COMPLETE",
    }
    assert f"Stream {refused.name} is skipped" in str(result.warnings)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_host_that_sends_web_pages_exhausts_the_retries_of_one_stream_only(
    product: str, quiet_zendesk: Emulator
) -> None:
    names, attempts, threads = [each.name for each in streams_of(product)], 9, 2
    with RecordingServer(lambda _: Reply(200, "<html><title>Welcome</title></html>")) as host:
        config = quiet_zendesk.config() | {"num_workers": threads}
        block = config[product] | {"base_url": host.base_url}
        result = read(config | {product: block}, config, *names, "groups")
        assert attempts <= len(host.requests) <= attempts * threads + len(names)
    assert result.statuses["groups"][-1] == "COMPLETE"
    for name in names:
        assert f"Stream {name}: the response is a web page" in result.stream_errors[name]
        assert f"`{product}`" in result.stream_errors[name]


def address_fields() -> list[tuple[str, str]]:
    """The fields of blocks whose values become a part of a host name or a path."""
    found = {(product, "base_url") for product in PRODUCTS}
    for product, account in MANIFEST.accounts.items():
        templates = f"{account.url} {account.check} {account.left_out}"
        found |= {(product, name) for name in re.findall(r"\bblock(?:\[|\.get\()'(\w+)'", templates)}
    for entry in MANIFEST.endpoints.values():
        found |= {(entry.options.account, parent.setting) for parent in entry.parents if parent.setting}
    return sorted(found)


UNSAFE = [
    "a/b",
    "..",
    ".",
    "a b",
    "a?b",
    "a#b",
    "a%2Fb",
    "a\\b",
    "a@b",
    "a:b",
    "a\nb",
    "é",
    "https://a/?b",
    "https://a b",
]


@pytest.mark.parametrize(("product", "field"), address_fields())
def test_an_unsafe_part_of_an_address_is_refused_before_anything_is_sent(
    product: str, field: str, quiet_zendesk: Emulator
) -> None:
    config, name = quiet_zendesk.config(), streams_of(product)[0].name
    with RecordingServer() as host:
        for value in UNSAFE:
            block = {**config[product], "base_url": host.base_url, field: value}
            message = run("check", config=config | {product: block}).connection_status["message"]
            assert message.startswith(f"`{product}.{field}`: "), value
        result = read(config | {product: block}, config, name, "groups")
        assert host.requests == []
    assert result.stream_errors[name].startswith(f"Stream {name}: `{product}.{field}`: expected ")
    assert result.statuses["groups"][-1] == "COMPLETE"


def oauth_block(product: str, kind: str) -> Row:
    """A block with each required field of credentials of this kind."""
    alternatives = MANIFEST.accounts[product].config["oneOf"]
    (required,) = [each["required"] for each in alternatives if each["properties"]["credentials"]["const"] == kind]
    return {**{name: f"{name}-of-{product}" for name in required}, "credentials": kind}


OAUTH_BLOCKS = [
    (product, each["properties"]["credentials"]["const"])
    for product in PRODUCTS
    for each in MANIFEST.accounts[product].config["oneOf"]
    if each["properties"]["credentials"]["const"] in GRANTS
]
SUPPORT_CLIENT = {"client_id": "an-id", "client_secret": "a-secret-of-support", "refresh_token": "a-refresh-token"}
TOKENS = {"access_token": "a-new-token", "refresh_token": "a-new-refresh-token", "expires_in": 3600}


@pytest.mark.parametrize("kind", GRANTS)
@pytest.mark.parametrize(("product", "of_product"), OAUTH_BLOCKS)
def test_a_token_host_that_does_not_respond_delays_no_other_account(kind: str, product: str, of_product: str) -> None:
    is_asked, is_read = Event(), Event()

    def respond_for_product(arrived: RecordedRequest) -> Reply:
        is_asked.set()
        return Reply(401) if arrived.method == "GET" else Reply(body=TOKENS, release=is_read)

    def respond_for_support(arrived: RecordedRequest) -> Reply:
        if arrived.method == "GET":
            is_read.set()
            return Reply(body={"groups": [], "meta": {"has_more": False}})
        return Reply(body=TOKENS, release=is_asked)

    with RecordingServer(respond_for_support) as support, RecordingServer(respond_for_product) as host:
        complete = support.config() | {product: oauth_block(product, of_product) | {"base_url": host.base_url}}
        config = complete | {"credentials": {"credentials": kind, **SUPPORT_CLIENT}}
        result = read(config, complete, streams_of(product)[0].name, "groups")
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert [request.method for request in host.requests][:2] == ["POST", "GET"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_secret_is_sent_with_requests_of_its_product_only(product: str, zendesk: Emulator) -> None:
    config, names = zendesk.config(), [each.name for each in streams_of(product)]
    read(config, config, "groups", *names)
    own = {each.path.split("{")[0] for each in MANIFEST.endpoints.values() if each.options.account == product}
    for request in zendesk.requests:
        if request.path.startswith(STORAGE):
            assert not {"authorization", "organizationid", "botid"} & request.headers.keys()
            continue
        is_own = any(request.path.startswith(path) for path in own)
        sent = request.headers["authorization"]
        assert any(secret in sent for secret in secrets(config[product])) == is_own, request.path
