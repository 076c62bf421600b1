"""The default catalog is the recommended one; streams that it excludes can still be read."""

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
}
ENTRIES = Manifest.load().endpoints
READABLE = {name for name, entry in ENTRIES.items() if entry.kind in ("read", "sideload")}
RECOMMENDED = {name for name in READABLE if not find_exclusion(ENTRIES[name], ENTRIES)}
PROOF = {"reconciliation"}
"""Additional streams of every catalog."""
ONE_BY_ONE = re.compile(r"/(?:tickets|users|organizations)/\d+")


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


def test_recommended_streams_make_no_request_per_ticket_and_none_twice(zendesk: Emulator) -> None:
    """Requests per agent are allowed, and requests per changed ticket."""
    names = sorted(name for name in RECOMMENDED if ENTRIES[name].incremental != "follows_parent")
    agents = {row["id"] for row in zendesk.store.all("users") if row["role"] in ("agent", "admin")}
    result = sync(zendesk.config(), names)
    paths = [request.path for request in zendesk.requests if ONE_BY_ONE.search(request.path)]
    assert [path for path in paths if not any(f"/users/{agent}/" in path for agent in agents)] == []
    for schema in ("ticket", "user", "organization"):
        rows = Counter(row["id"] for name in names if ENTRIES[name].schema == schema for row in result.records[name])
        assert rows
        assert [key for key, count in rows.items() if count > 1] == []
