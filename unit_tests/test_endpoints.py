"""The endpoint table lists every endpoint once, and the reference page is current."""

import csv
import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from integration_tests.emulator.api.routes import endpoints as emulated
from source_zendesk import endpoints
from source_zendesk.manifest import Endpoint as ManifestEndpoint
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import ROLES, least_role
from tools import streams_page

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / "shared" / "zendesk-api" / "reference.json"
LISTED = ROOT.parent / "shared" / "zendesk-api" / "endpoints.csv"

Endpoint = tuple[str, str]


def role_of(entry: ManifestEndpoint) -> str:
    return least_role(entry, Manifest.load().endpoints)


def own_endpoints() -> list[Endpoint]:
    """Method and path of all entries but sideloads, which share the path of their host stream."""
    return [(method, path) for method, path, _, kind, _ in endpoints.endpoint_rows() if kind != "sideload"]


def test_each_endpoint_is_listed_once_for_each_query() -> None:
    entries = [each for each in Manifest.load().endpoints.values() if each.kind != "sideload"]
    keys = Counter((each.method, each.path, json.dumps(each.options.query, sort_keys=True)) for each in entries)
    assert [key for key, count in keys.items() if count > 1] == []


def test_the_table_has_the_endpoints_of_the_api_and_no_others() -> None:
    known = {(endpoint.method, endpoint.path): endpoint for endpoint in emulated() if not endpoint.extra}
    listed = {(method, path.removesuffix(".json")) for method, path in own_endpoints()}
    assert (set(known) - listed, listed - set(known)) == (set(), set())


@pytest.mark.skipif(not LISTED.exists(), reason="the list of endpoints is not available")
def test_the_table_has_exactly_the_listed_support_endpoints() -> None:
    with LISTED.open() as file:
        listed = [(row["method"], row["path"]) for row in csv.DictReader(file)]
    assert len(listed) == 438
    table = [row for row in endpoints.endpoint_rows() if row[4] == "support" and row[3] != "sideload"]
    own = {(method, path) for method, path, *_ in table}
    assert (set(listed) - own, own - set(listed)) == (set(), set())


def test_the_command_prints_the_table_as_csv() -> None:
    command = [sys.executable, "-m", "source_zendesk.endpoints", "--format", "csv"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout
    head, *rows = csv.reader(printed.splitlines())
    assert head == ["method", "path", "stream", "kind", "product"]
    assert rows == [list(row) for row in endpoints.endpoint_rows()]
    assert {kind for *_, kind, _ in rows} <= {"read", "input", "action", "sideload"}


# More than a pipe holds, in a fraction of the time that all manifests take.
MANIFESTS = " ".join(sorted(Manifest.load().endpoints)[:60])


@pytest.mark.parametrize(
    "module",
    ["source_zendesk.endpoints", f"source_zendesk.manifest {MANIFESTS}", "tools.deletions", "tools.streams_page"],
    ids=["endpoints", "manifest", "deletions", "streams_page"],
)
def test_a_closed_pipe_is_no_error(module: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m {module} | head -1"
    printed = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, cwd=ROOT)
    assert (printed.stdout.count("\n"), printed.stderr) == (1, "")


def test_only_listed_streams_read_by_post() -> None:
    posts = [
        stream
        for method, _, stream, kind, _ in endpoints.endpoint_rows()
        if kind in ("read", "input") and method != "GET"
    ]
    assert sorted(posts) == [
        "ai_agent_conversations", "autocomplete_problems", "autocomplete_tags_post", "autocomplete_users_post",
        "count_view_preview",
        "filtered_search_custom_object_records", "filtered_search_itam_assets", "preview_view", "search_approvals",
            "wfm_shifts",
    ]  # fmt: skip


def documented_roles() -> dict[str, str]:
    """The least role that Zendesk documents for an endpoint."""
    listed: dict[str, list[str]] = json.loads((ROOT / "unit_tests" / "data" / "roles.json").read_text())
    return {endpoint: role for role, found in listed.items() for endpoint in found}


def test_the_role_of_a_stream_is_the_documented_one() -> None:
    allowed, entries = documented_roles(), Manifest.load().endpoints.values()
    own = {f"{entry.method} {entry.path}": role_of(entry) for entry in entries if not entry.parents}
    assert {name: role for name, role in own.items() if allowed.get(name, role) != role} == {}


def test_the_role_of_a_substream_includes_the_roles_of_its_parents() -> None:
    allowed, entries = documented_roles(), Manifest.load().endpoints
    for entry in entries.values():
        needed = [role_of(entries[parent.stream]) for parent in entry.parents if parent.stream]
        needed.append(allowed.get(f"{entry.method} {entry.path}", "anyone"))
        assert ROLES.index(role_of(entry)) >= max(map(ROLES.index, needed)), entry.name
    assert role_of(entries["ticket_related"]) == role_of(entries["tickets"]) == "admins"


def test_endpoints_that_refuse_agents_need_a_higher_role() -> None:
    """The emulator refuses agents where the documentation of a product does."""
    refused = {(each.method, each.path) for each in emulated() if each.admin}
    entries = [e for e in Manifest.load().endpoints.values() if (e.method, e.path) in refused]
    agents = ROLES.index("agents")
    assert {e.name: role_of(e) for e in entries if ROLES.index(role_of(e)) <= agents} == {}
    assert len(entries) > 50


NAMES = {
    "anyone": r"Anyone|Anonymous users", "end users": r"End [Uu]sers?|Verified end users",
    "agents": r"Agents|Unrestricted agents|(?:and|or) \[?agents", "admins": r"Admin(?:istrator)?s|(?:and|or) admins",
}  # fmt: skip


@pytest.mark.skipif(not REFERENCE.exists(), reason="the API description is not available")
def test_the_documented_roles_match_the_api_description() -> None:
    documented = {
        f"{operation['method']} {re.sub('{[^}]*}', '{}', operation['path'])}": operation["allowed_for"]
        for operation in json.loads(REFERENCE.read_text())
        if operation["allowed_for"]
    }
    roles = {re.sub("{[^}]*}", "{}", endpoint): role for endpoint, role in documented_roles().items()}
    parsed = {
        name: next(role for role, words in NAMES.items() if re.search(rf"\b({words})\b", documented[name]))
        for name in documented
    }
    assert {name: role for name, role in roles.items() if parsed.get(name, role) != role} == {}
    own = {re.sub("{[^}]*}", "{}", f"{method} {path}") for method, path, *_ in endpoints.endpoint_rows()}
    assert (set(documented) & own) - set(roles) == set()


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs" / "streams.md").read_text() == streams_page.render_page()


COUNTERS = re.compile(r".*_count|.*_sum|rating|reopens|replies|usage_.*")
FINAL_COUNTERS = {
    "engagements": "an engagement is listed after its end",
    "essentials_cards": "a setting",
    "list_ticket_metrics": "a reply or a reopening changes the metric set",
    "target_failures": "a row for each failure, with the count at that time",
}
"""Lists whose counters do not change without their cursor field, and why."""
SIDELOADED_COUNTERS = {
    *("comment_count", "incident_count", "open_ticket_count"),
    *("usage_1h", "usage_24h", "usage_7d", "usage_30d"),
}
"""Counters that Zendesk returns only as a sideload. A list with sideloads emits all rows."""


def test_lists_that_are_read_in_full_emit_all_rows_if_their_counters_change_alone() -> None:
    stale = {}
    for name, endpoint in Manifest.load().endpoints.items():
        if endpoints.incremental_read(endpoint) == "all, emits changes":
            fields = Manifest.load().record_schema(endpoint)["properties"]
            stale[name] = {field for field in fields if COUNTERS.fullmatch(field)} - SIDELOADED_COUNTERS
    assert {name for name, counters in stale.items() if counters} == set(FINAL_COUNTERS)
