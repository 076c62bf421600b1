"""The default catalog is the recommended one; streams that it excludes can still be read."""

import json
import re
from collections import Counter

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import Row, configured_catalog, run, sync
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion

CONFIG = {
    "subdomain": "acme",
    "credentials": {"credentials": "api_token", "email": "owner@example.com", "api_token": "emulated-api-token"},
    **{name: {"credentials": "access_token", "access_token": "a-token"} for name in Manifest.load().accounts},
}
ENTRIES = Manifest.load().endpoints
READABLE = {name for name, entry in ENTRIES.items() if entry.kind in ("read", "sideload")}
RECOMMENDED = {name for name in READABLE if not find_exclusion(ENTRIES[name], ENTRIES)}
PROOF = {"reconciliation"}
"""Additional streams of every catalog."""
ONE_BY_ONE = re.compile(r"/(?:tickets|users|organizations|agent_availabilities)/\d+")
COSTLY = [
    "conversation_log", "email_notifications", "side_conversations", "ticket_task_lists",
    "user_entitlements", "webhook_invocation_attempts",
]  # fmt: skip
"""Streams that no other stream replaces; `recommended` had them before."""


def offered(**settings: object) -> dict[str, Row]:
    return run("discover", config={**CONFIG, **settings}).catalog


@pytest.mark.parametrize("settings", [{}, {"catalog": "recommended"}])
def test_the_default_catalog_is_the_recommended_one(settings: Row) -> None:
    assert set(offered(**settings)) == RECOMMENDED | PROOF


def test_the_complete_catalog_has_every_readable_stream() -> None:
    assert set(offered(catalog="complete")) == READABLE | PROOF


def test_both_catalogs_describe_a_stream_alike() -> None:
    complete = offered(catalog="complete")
    assert {name: complete[name] for name in RECOMMENDED | PROOF} == offered()


@pytest.mark.parametrize(
    "settings",
    [
        {"inputs": [{"stream": "list_ticket_comments", "parameters": {"ticket_id": 1}}]},
        {"sideloads": [{"stream": "list_ticket_comments", "include": ["users"]}]},
    ],
)
def test_configured_streams_are_offered(settings: Row) -> None:
    assert set(offered(**settings)) == RECOMMENDED | PROOF | {"list_ticket_comments"}


@pytest.mark.parametrize("value", ["everything", "Complete", 1, ["complete"], True])
@pytest.mark.parametrize("line", ["check", "discover", "read"])
def test_an_unknown_catalog_is_refused_before_any_request(
    line: str, value: object, quiet_zendesk: Emulator, command: Command
) -> None:
    config = quiet_zendesk.config(catalog=value)
    request_count = len(quiet_zendesk.requests)
    files = {"catalog": configured_catalog(offered(), ["groups"])} if line == "read" else {}
    result = command(line, config=config, **files)
    message = result.connection_status["message"] if line == "check" else result.errors[0]
    assert f"`catalog`: expected recommended or complete; got {value!r}" in message
    assert len(quiet_zendesk.requests) == request_count


@pytest.mark.parametrize("settings", [{}, {"catalog": "recommended"}, {"catalog": ""}])
def test_a_connection_keeps_its_streams(settings: Row, quiet_zendesk: Emulator) -> None:
    """The connection's catalog is from another setting of `catalog`."""
    names = ["show_group", "count_groups", "list_organizations"]
    assert not RECOMMENDED & set(names)
    result = sync(quiet_zendesk.config(**settings), names)
    assert result.errors == []
    groups = len(quiet_zendesk.store.all("groups"))
    assert (len(result.records["show_group"]), len(result.records["count_groups"])) == (groups, 1)
    assert result.records["list_organizations"]


def test_a_connection_keeps_streams_whose_requests_grow(quiet_zendesk: Emulator) -> None:
    assert not RECOMMENDED & set(COSTLY)
    result = sync(quiet_zendesk.config(), COSTLY)
    assert result.errors == []
    assert sorted(result.records) == COSTLY


def test_the_catalog_command_adds_streams_to_the_recommended_ones(command: Command) -> None:
    result = command("catalog", "--all", *COSTLY, config=CONFIG)
    names = [each["stream"]["name"] for each in json.loads(result.stdout)["streams"]]
    assert set(names) == RECOMMENDED | PROOF | set(COSTLY)


def test_recommended_streams_make_no_request_per_ticket_user_or_organization_and_none_twice(zendesk: Emulator) -> None:
    names = sorted(RECOMMENDED)
    result = sync(zendesk.config(), names)
    busiest_agent = zendesk.store.all("agent_availabilities")[0]["id"]
    single = [request.path for request in zendesk.requests if ONE_BY_ONE.search(request.path)]
    assert [path for path in single if f"/agent_availabilities/{busiest_agent}/channels/" not in path] == []
    for schema in ("ticket", "user", "organization"):
        rows = Counter(row["id"] for name in names if ENTRIES[name].schema == schema for row in result.records[name])
        assert rows
        assert [key for key, count in rows.items() if count > 1] == []
