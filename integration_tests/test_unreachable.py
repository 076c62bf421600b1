"""If nothing ever responds, a sync ends soon, and its last message is a transient error."""

import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import Result, configured_catalog, discover, run, sync
from source_zendesk.http import reachability
from source_zendesk.http.adaptive_executor import MAX_TASKS

LOGINS: dict[str, dict[str, str]] = {
    "api_token": {"credentials": "api_token", "email": "a@example.com", "api_token": "an-api-token"},
    "client_credentials": {"credentials": "client_credentials", "client_id": "id", "client_secret": "a-client-secret"},
    "oauth2_refresh": {
        "credentials": "oauth2_refresh",
        "client_id": "id",
        "client_secret": "a-client-secret",
        "refresh_token": "a-refresh-token",
    },
}
ACTION: dict[str, Any] = {"allow_writes": True, "actions": [{"stream": "delete_group", "parameters": {"group_id": 1}}]}
STREAMS = ["groups", "tickets", "ticket_comments", "trigger_revisions"]
CAUSES = {"refused": "the connection is refused", "DNS": "its name cannot be resolved", "black hole": "in time"}


@pytest.fixture(params=CAUSES)
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a closed port, of an unknown name, and of a server that never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=MAX_TASKS) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        if request.param == "black hole":
            yield url
        elif request.param == "refused":
            server.close()
            yield url
        else:
            with patch("socket.getaddrinfo", side_effect=socket.gaierror(socket.EAI_NONAME, "unknown")):
                yield "https://unknown.invalid"


@pytest.fixture
def cause(request: pytest.FixtureRequest) -> str:
    """The cause that the errors name."""
    return CAUSES[request.node.callspec.params["address"]]


@pytest.fixture(autouse=True)
def short_limit() -> Iterator[None]:
    """The limit, in a fraction of a second."""
    with patch.object(reachability, "LIMIT_IN_SECONDS", 0.3):
        yield


def config(address: str, login: str = "api_token", **fields: Any) -> dict[str, Any]:
    return {"subdomain": "acme", "base_url": address, "credentials": LOGINS[login], "catalog": "complete", **fields}


def assert_ends_transiently(result: Result, streams: list[str], cause: str) -> None:
    last = [trace for trace in result.bodies("trace") if trace["type"] == "ERROR"][-1]
    assert last["error"]["failure_type"] == "transient_error"
    assert {name: statuses[-1] for name, statuses in result.statuses.items()} == dict.fromkeys(streams, "INCOMPLETE")
    assert set(result.stream_errors) == set(streams)
    assert [error for error in result.stream_errors.values() if cause not in error] == []
    assert (result.exit_code, dict(result.records)) == (1, {})


@pytest.mark.parametrize("login", LOGINS)
def test_a_sync_without_any_response_ends_in_a_transient_error(address: str, cause: str, login: str) -> None:
    assert_ends_transiently(sync(config(address, login), STREAMS), STREAMS, cause)


def test_each_stream_of_a_large_catalog_ends(address: str, cause: str) -> None:
    discovered = discover(config(address))
    streams = [name for name in discovered if name != "reconciliation"][:100]
    result = run("read", config=config(address), catalog=configured_catalog(discovered, streams))
    assert_ends_transiently(result, streams, cause)


def test_an_action_is_sent_again_unless_the_server_may_have_done_it(address: str, cause: str) -> None:
    result = sync(config(address, **ACTION), ["delete_group"])
    if cause == CAUSES["black hole"]:
        assert [record["_status"] for record in result.records["delete_group"]] == ["unknown"]
        assert result.statuses["delete_group"][-1] == "INCOMPLETE"
    else:
        assert_ends_transiently(result, ["delete_group"], cause)
        assert result.state_of("delete_group")["actions"] == {}


def test_reconciliation_ends_too(address: str) -> None:
    result = sync(config(address), ["groups", "reconciliation"])
    assert result.statuses["groups"][-1] == "INCOMPLETE"
    last = [trace for trace in result.bodies("trace") if trace["type"] == "ERROR"][-1]
    assert last["error"]["failure_type"] == "transient_error"


def test_a_server_that_responds_has_no_limit() -> None:
    with patch.object(reachability, "LIMIT_IN_SECONDS", 0.0), Emulator(seed=1, rows=3, tickets=3) as zendesk:
        assert sync(zendesk.config(), ["groups"]).errors
    with patch.object(reachability, "LIMIT_IN_SECONDS", 5.0), Emulator(seed=1, rows=3, tickets=3) as zendesk:
        assert sync(zendesk.config(), ["groups"]).errors == []
