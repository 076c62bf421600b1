"""`inputs`: parameters of streams that require them, and selected parents of substreams."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from integration_tests.compare import assert_same_rows, schema_violations
from integration_tests.emulator import Emulator
from integration_tests.emulator.emulator import find_endpoint
from integration_tests.emulator.examples import example
from integration_tests.emulator.reads import paging
from integration_tests.expected_parents import ExpectedParents
from integration_tests.expected_rows import ExpectedRows, fill_path
from integration_tests.harness import Result, configured_catalog, discover, run, sync
from source_zendesk.manifest import Endpoint, Manifest

Row = dict[str, Any]

ENTRIES = Manifest.load().endpoints
INPUTS = [entry for entry in ENTRIES.values() if entry.kind == "input"]


def arguments(zendesk: Emulator) -> dict[str, list[Row]]:
    """Inputs for every stream that requires them, with values of the account."""
    chosen = chosen_arguments(zendesk)
    return {entry.name: chosen.get(entry.name) or [example_inputs(zendesk, entry)] for entry in INPUTS}


def example_inputs(zendesk: Emulator, entry: Endpoint) -> Row:
    """Inputs from the endpoint's example request."""
    endpoint, _ = find_endpoint(entry.method, entry.path.removesuffix(".json"))
    known = example(zendesk.store, endpoint)
    parts = zip(endpoint.path.split("/"), known.path.split("/"), strict=True)
    values = {part.strip("{}"): value for part, value in parts if part != value}
    needed = {names.split("|")[0]: "*" for names in entry.required_params}
    return {**needed, **known.query, **(known.body or {}), **values}


def chosen_arguments(zendesk: Emulator) -> dict[str, list[Row]]:
    """Inputs that select several rows, but not all."""
    store = zendesk.store
    object_key = store.all("custom_objects")[0]["key"]
    view = {"view": {"conditions": {"all": [{"field": "status", "operator": "is", "value": "open"}], "any": []}}}
    lookup = {"target_type": "zen:user", "field_id": store.all("user_fields")[0]["id"], "source_type": "zen:user"}
    return {
        "show_sell_app_job_status": [{"job_status_id": build_app(zendesk)}],
        "verify_subdomain_availability": [{"subdomain": "acme"}, {"subdomain": "elsewhere"}],
        "show_attachment": [{"attachment_id": row["id"]} for row in store.all("attachments")[:3]],
        "download_macro_attachment": [{"attachment_id": row["id"]} for row in store.all("macro_attachments")[:2]],
        "autocomplete_tags": [{"name": "tag"}],
        "autocomplete_tags_post": [{"name": "tag"}],
        "search_automations": [{"query": "rule"}],
        "check_host_mapping": [{"host_mapping": "help.example.com", "subdomain": "acme"}],
        "autocomplete_custom_object_records": [{"custom_object_key": object_key, "name": "r"}],
        "search_custom_object_records": [{"custom_object_key": object_key, "query": "r"}],
        "show_derived_macro": [{"macro_id": store.all("macros")[0]["id"], "ticket_id": 1}],
        "show_ticket_after_macro": [
            {"ticket_id": ticket, "macro_id": macro["id"]} for ticket in (1, 2) for macro in store.all("macros")[:2]
        ],
        "search_macros": [{"query": "macro"}],
        "autocomplete_organizations": [{"name": "Organization"}],
        "search_organizations": [{"name": "Organization 1"}, {"external_id": "org-2"}],
        "autocomplete_problems": [{"text": "ticket"}],
        "search_requests": [{"query": "ticket"}],
        "search": [{"query": "type:ticket status:open"}, {"query": "type:organization"}],
        "count_search_results": [{"query": "type:ticket"}],
        "search_export": [
            {"query": "status:open", "filter[type]": "ticket"},
            {"query": "*", "filter[type]": "organization"},
        ],
        "search_triggers": [{"query": "rule"}],
        "partner_calls": [{"call_id": row["id"]} for row in store.all("partner_calls")[:2]],
        "autocomplete_users": [{"name": "A"}],
        "autocomplete_users_post": [{"name": "A"}],
        "filtered_search_itam_assets": [{"filter": {"custom_object_fields.colour": {"$eq": "black"}}}],
        "search_users": [{"query": "user"}],
        "preview_view": [view],
        "count_view_preview": [view],
        "search_views": [{"query": "view"}],
        "relationship_sources": [{**lookup, "target_id": user["id"]} for user in store.all("users")[:2]],
    }


def build_app(zendesk: Emulator) -> str:
    """Build an app; returns the id of its job."""
    credentials = zendesk.config()["credentials"]
    login = (f"{credentials['email']}/token", credentials["api_token"])
    upload = requests.post(
        f"{zendesk.base_url}/api/v2/apps/uploads", files={"uploaded_data": b"zip"}, auth=login, timeout=120
    )
    body = {"name": "New", "upload_id": upload.json()["id"]}
    job = requests.post(f"{zendesk.base_url}/api/sell/apps", json=body, auth=login, timeout=120).json()["job_id"]
    while zendesk.jobs.poll(job).status != "completed":  # type: ignore[union-attr]
        pass
    return str(job)


def per_brand(entry: Endpoint, item: Row, zendesk: Emulator) -> list[Row]:
    """The values of each request for an item: one for each help center if these have their own rows."""
    endpoint, _ = find_endpoint(entry.method, entry.path.removesuffix(".json"))
    return [{**item, **brand} for brand in ExpectedParents(zendesk).help_centers()] if endpoint.brand else [item]


@dataclass
class Account:
    """One sync of every stream that requires inputs."""

    zendesk: Emulator
    arguments: dict[str, list[Row]]
    served: ExpectedRows
    result: Result


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Emulator(seed=1, rows=230, tickets=230, frozen=True) as zendesk:
        inputs_by_stream = arguments(zendesk)
        items = [{"stream": name, "parameters": each} for name, several in inputs_by_stream.items() for each in several]
        served = ExpectedRows(zendesk)
        yield Account(zendesk, inputs_by_stream, served, sync(zendesk.config(inputs=items), list(inputs_by_stream)))


every_input = pytest.mark.parametrize("entry", INPUTS, ids=lambda entry: entry.name)


@every_input
def test_only_the_requested_rows_are_emitted(entry: Endpoint, account: Account) -> None:
    values = [each for item in account.arguments[entry.name] for each in per_brand(entry, item, account.zendesk)]
    expected = [row for each in values for row in account.served.rows_of_partition(entry, each)]
    assert expected
    assert_same_rows(account.result.records[entry.name], expected)


@every_input
def test_completes_without_error_or_warning(entry: Endpoint, account: Account) -> None:
    assert account.result.statuses[entry.name][-1] == "COMPLETE"
    assert entry.name not in account.result.stream_errors
    assert [warning for warning in account.result.warnings if f"{entry.name} " in warning] == []


@pytest.fixture(scope="module")
def refused() -> Iterator[Account]:
    """The same sync of an account that has none of the named objects."""
    with Emulator(seed=1, rows=230, tickets=230, frozen=True) as zendesk:
        inputs_by_stream = arguments(zendesk)
        for name, items in inputs_by_stream.items():
            for item in items:
                zendesk.faults.add(fill_path(ENTRIES[name], item)[0].removesuffix(".json"), status=404, times=10_000)
        items = [{"stream": name, "parameters": each} for name, several in inputs_by_stream.items() for each in several]
        config = zendesk.config(inputs=items)
        catalog = configured_catalog(discover(config), list(inputs_by_stream))
        result = run("read", config=config, catalog=catalog)
        yield Account(zendesk, inputs_by_stream, ExpectedRows(zendesk), result)


# The record of an input with a file is built without a request.
@pytest.mark.parametrize("entry", [each for each in INPUTS if not each.has_files], ids=lambda entry: entry.name)
def test_a_warning_names_an_item_for_which_zendesk_has_nothing(entry: Endpoint, refused: Account) -> None:
    cause = f"Stream {entry.name}: Zendesk has nothing for the item {{"
    warnings = [each for each in refused.result.warnings if each.startswith(cause)]
    assert len(warnings) >= len(refused.arguments[entry.name])
    assert all("} of `inputs` (" in warning and "404: " in warning for warning in warnings)


@every_input
def test_records_are_valid(entry: Endpoint, account: Account) -> None:
    assert schema_violations(entry, account.result.records[entry.name]) == []


@pytest.mark.parametrize(
    "name", ["search_users", "autocomplete_organizations", "search", "search_custom_object_records", "search_requests"]
)
def test_long_results_are_paged(name: str, account: Account) -> None:
    path, _ = fill_path(ENTRIES[name], account.arguments[name][0])
    assert len(account.zendesk.requests_to(path)) >= 3


def test_streams_with_required_inputs_are_offered_only_when_configured() -> None:
    offered = run("discover", config=CONFIG).catalog
    assert "search_users" not in offered
    assert "search_users" in run("discover", config=with_inputs(("search_users", {"query": "a"}))).catalog


def test_inputs_can_be_json_strings(zendesk: Emulator) -> None:
    result = read(zendesk, ("search_users", '{"query": "user1@example.com"}'))
    assert [row["email"] for row in result.records["search_users"]] == ["user1@example.com"]


def test_a_list_is_joined_by_commas_and_a_boolean_is_a_lower_case_word(zendesk: Emulator) -> None:
    ids = [row["id"] for row in zendesk.store.all("users")[:3]]
    result = read(
        zendesk,
        ("show_many_users", {"ids": ids}),
        ("search_macros", {"query": "macro", "active": True}),
    )
    assert sorted(row["id"] for row in result.records["show_many_users"]) == ids
    (many,) = zendesk.requests_to("/api/v2/users/show_many")
    assert many.query["ids"] == [",".join(map(str, ids))]
    assert {tuple(request.query["active"]) for request in zendesk.requests_to("/api/v2/macros/search")} == {("true",)}


def test_each_input_item_is_requested_once(zendesk: Emulator) -> None:
    read(zendesk, ("search_users", {"query": "user1@"}), ("search_users", {"query": "user2@"}))
    queries = [request.query["query"] for request in zendesk.requests_to("/api/v2/users/search")]
    assert sorted(queries) == [["user1@"], ["user2@"]]


def test_inputs_replace_the_parent_streams(zendesk: Emulator) -> None:
    first, second = [row["id"] for row in zendesk.store.all("triggers")[:2]]
    result = read(zendesk, ("trigger_revisions", {"trigger_id": first}), ("trigger_revisions", {"trigger_id": second}))
    expected = [
        {"trigger_id": n, **row}
        for n in (first, second)
        for row in zendesk.store.children("trigger_revisions", trigger_id=n)
    ]
    assert_same_rows(result.records["trigger_revisions"], expected)
    assert {request.path for request in zendesk.requests} == {
        f"/api/v2/triggers/{n}/revisions" for n in (first, second)
    }


def test_inputs_apply_to_grandchild_streams(zendesk: Emulator) -> None:
    parent = zendesk.store.all("triggers")[0]["id"]
    ids = {
        "trigger_id": parent,
        "trigger_revision_id": zendesk.store.children("trigger_revisions", trigger_id=parent)[0]["id"],
    }
    result = read(zendesk, ("show_trigger_revision", ids))
    assert_same_rows(
        result.records["show_trigger_revision"],
        ExpectedRows(zendesk).rows_of_partition(ENTRIES["show_trigger_revision"], ids),
    )
    assert len(zendesk.requests) == 1


def test_an_expired_search_cursor_restarts_the_search() -> None:
    with Emulator(seed=1, rows=1, tickets=250) as zendesk:
        zendesk.faults.add("/api/v2/search/export", kind="expired_cursor", after=1, times=1)
        result = read(zendesk, ("search_export", {"query": "*", "filter[type]": "ticket"}))
        shown = {row["id"] for row in zendesk.expected("GET", "/api/v2/tickets")}
    assert result.statuses["search_export"][-1] == "COMPLETE"
    assert {row["id"] for row in result.records["search_export"]} == shown


def test_a_search_truncated_in_small_pages_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for posts returns 25 rows a page, although the connector requests 100."""
    monkeypatch.setitem(paging.CEILINGS, "/api/v2/help_center/community_posts/search", 50)
    monkeypatch.setattr("source_zendesk.extract.list_paginators.SEARCH_CEILINGS", (50,))
    with Emulator(seed=1, rows=60, tickets=1) as zendesk:
        result = read(zendesk, ("search_community_posts", {"query": "*"}))
    assert "only the first 50 of 60 rows" in result.stream_errors["search_community_posts"]
    assert len(result.records["search_community_posts"]) >= 50


@pytest.mark.parametrize(
    ("stream", "parameters", "parts"),
    [
        ("search_userz", {}, ["inputs[0].stream", "'search_userz' is not a stream", "search_users"]),
        ("tags", {}, ["inputs[0].stream", "'tags' needs no arguments", "source-zendesk streams"]),
        ("search_macros", {}, ["inputs[0].parameters.query", "missing", "search_macros takes query"]),
        ("search_macros", {"query": ""}, ["inputs[0].parameters.query", "missing"]),
        (
            "search_macros",
            {"query": "a", "qeury": "b"},
            ["inputs[0].parameters.qeury", "unknown parameter", "group_id"],
        ),
        ("show_user", {"id": 1}, ["inputs[0].parameters.user_id", "missing", "show_user takes user_id"]),
        ("show_ticket_audit", {"ticket_id": 1}, ["inputs[0].parameters.ticket_audit_id", "missing"]),
        ("search_macros", {"query": {"a": 1}}, ["inputs[0].parameters.query", "expected a string", "got an object"]),
        ("search_macros", {"query": ["a", [1]]}, ["inputs[0].parameters.query", "got a list with a list"]),
        ("search_macros", {"query": "a", "group_id": None}, ["inputs[0].parameters.group_id", "got null"]),
        ("search_macros", "{query}", ["inputs[0].parameters", "expected an object or its JSON text"]),
        ("search_macros", "[1]", ["inputs[0].parameters", "expected an object", "list"]),
    ],
)
def test_check_refuses_invalid_inputs(stream: str, parameters: Any, parts: list[str], zendesk: Emulator) -> None:
    status = run(
        "check", config=zendesk.config(inputs=[{"stream": stream, "parameters": parameters}])
    ).connection_status
    assert status["status"] == "FAILED"
    assert [part for part in parts if part not in status["message"]] == []
    assert zendesk.requests == []


CONFIG = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "secret"}}


def with_inputs(*items: tuple[str, Any]) -> Row:
    return {**CONFIG, "inputs": [{"stream": name, "parameters": parameters} for name, parameters in items]}


def read(zendesk: Emulator, *items: tuple[str, Any]) -> Result:
    """Read the streams of these inputs."""
    inputs = with_inputs(*items)["inputs"]
    return sync(zendesk.config(inputs=inputs), list(dict.fromkeys(name for name, _ in items)))
