"""Invalid configs, catalogs and states end in one clear error; unreadable responses emit no rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.conftest import Command
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, configured_catalog, discover, run, sync

LOGIN = {"credentials": "api_token", "email": "owner@example.com", "api_token": "emulated-api-token"}
STREAM = {"name": "tickets", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}


def catalog(name: str = "tickets") -> Row:
    stream = {**STREAM, "name": name}
    return {"streams": [{"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}]}


def state(stream: str, content: Any) -> list[Row]:
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": content}}]


def assert_refused(result: Result, *parts: str) -> None:
    """Assert one error with these parts, and only protocol messages on stdout."""
    assert result.exit_code != 0
    assert len(result.errors) == 1
    assert [part for part in parts if part not in result.errors[0]] == []
    assert result.noise == []
    assert "Traceback" not in str(result.messages)
    assert "Traceback" not in result.stderr
    assert result.records == {}


BAD_CONFIGS: dict[str, tuple[Callable[[Row], Any], list[str]]] = {
    "not json": (lambda _: "{subdomain: acme", ["--config", "expected JSON"]),
    "not an object": (lambda _: [], ["--config", "expected an object"]),
    "empty": (lambda _: {}, ["`subdomain`", "missing"]),
    "no subdomain": (lambda c: c | {"subdomain": None}, ["`subdomain`", "missing"]),
    "subdomain of another kind": (lambda c: c | {"subdomain": 7}, ["`subdomain`", "expected"]),
    "no credentials": (lambda c: c | {"credentials": None}, ["`credentials`", "expected an object"]),
    "credentials as text": (lambda c: c | {"credentials": "token"}, ["`credentials`", "expected an object"]),
    "unknown kind": (
        lambda c: c | {"credentials": {"credentials": "magic"}},
        ["`credentials.credentials`", "expected one of", "api_token", "'magic'"],
    ),
    "custom fields of another kind": (
        lambda c: c | {"custom_fields": "column"},
        ["`custom_fields`", "expected as_sent or columns", "'column'"],
    ),
    "no token": (lambda c: c | {"credentials": LOGIN | {"api_token": ""}}, ["`credentials.api_token`", "missing"]),
    "no e-mail": (lambda c: c | {"credentials": LOGIN | {"email": None}}, ["`credentials.email`", "missing"]),
    "no password": (
        lambda c: c | {"credentials": {"credentials": "basic", "email": "a@example.com"}},
        ["`credentials.password`", "missing"],
    ),
    "no access token": (
        lambda c: c | {"credentials": {"credentials": "oauth2.0"}},
        ["`credentials.access_token`", "missing"],
    ),
    "no client secret": (
        lambda c: c | {"credentials": {"credentials": "client_credentials", "client_id": "a"}},
        ["`credentials.client_secret`", "missing"],
    ),
    "no refresh token": (
        lambda c: c | {"credentials": {"credentials": "oauth2_refresh", "client_id": "a", "client_secret": "b"}},
        ["`credentials.refresh_token`", "missing"],
    ),
    "a date that is none": (lambda c: c | {"start_date": "soon"}, ["`start_date`", "2024-01-01T00:00:00Z", "'soon'"]),
    "a day that is none": (lambda c: c | {"start_date": "2024-02-31T00:00:00Z"}, ["`start_date`", "2024-02-31"]),
    "a date to come": (
        lambda c: c | {"start_date": "2099-01-01"},
        ["`start_date`", "expected a time in the past; got '2099-01-01'"],
    ),
    "a year": (lambda c: c | {"start_date": "2024"}, ["`start_date`", "2024-01-01", "'2024'"]),
    "too few workers": (lambda c: c | {"num_workers": 0}, ["`num_workers`", "from ", " to 40"]),
    "too many workers": (lambda c: c | {"num_workers": 41}, ["`num_workers`", " to 40"]),
    "workers as text": (lambda c: c | {"num_workers": "many"}, ["`num_workers`", "'many'"]),
    "an empty page": (lambda c: c | {"export_page_size": 0}, ["`export_page_size`", "from 1 to 1000"]),
    "too large a page": (lambda c: c | {"export_page_size": 1001}, ["`export_page_size`", "from 1 to 1000"]),
    "too large a page of comments": (lambda c: c | {"page_size": 1001}, ["`page_size`", "from 1 to 1000"]),
    "on behalf of a number": (lambda c: c | {"on_behalf_of": 7}, ["`on_behalf_of`", "expected a string"]),
    "inputs that are no list": (lambda c: c | {"inputs": {"stream": "search"}}, ["`inputs`", "expected a list"]),
    "an input without a stream": (
        lambda c: c | {"inputs": [{"parameters": {}}]},
        ["`inputs[0].stream`", "expected the name of a stream"],
    ),
    "an input for no stream": (
        lambda c: c | {"inputs": [{"stream": "serach"}]},
        ["inputs[0].stream", "did you mean search"],
    ),
    "an action for no stream": (
        lambda c: c | {"allow_writes": True, "actions": [{"stream": "create_tiket"}]},
        ["actions[0].stream", "did you mean create_ticket"],
    ),
    "sideloads for no stream": (
        lambda c: c | {"sideloads": [{"stream": "tikcets", "include": ["users"]}]},
        ["sideloads[0]", "'tikcets'", "did you mean tickets"],
    ),
    "a sideload that there is not": (
        lambda c: c | {"sideloads": [{"stream": "tickets", "include": ["usres"]}]},
        ["sideloads[0]", "usres", "users"],
    ),
    "too deep": (
        lambda c: f'{json.dumps(c)[:-1]}, "x": {"[" * 900}{"]" * 900}}}',
        ["--config", "`x[0][0][0][0]` is nested"],
    ),
    "half a secret": (
        lambda c: json.dumps(c | {"credentials": {"credentials": "oauth2.0", "access_token": "secret\ud83d"}}),
        ["--config", "`credentials.access_token` has half of a surrogate pair"],
    ),
    "an address elsewhere": (lambda c: c | {"base_url": "http://example.com"}, ["`base_url`", "expected an https"]),
}


@pytest.mark.parametrize("case", BAD_CONFIGS)
def test_a_wrong_config_is_refused(case: str, command: Command, quiet_zendesk: Emulator) -> None:
    change, parts = BAD_CONFIGS[case]
    quiet_zendesk.clear_requests()
    assert_refused(command("read", config=change(quiet_zendesk.config()), catalog=catalog()), *parts)
    assert quiet_zendesk.requests == []


def test_start_date_may_be_a_day_and_unknown_fields_are_warnings(command: Command, quiet_zendesk: Emulator) -> None:
    config = quiet_zendesk.config(start_date="2024-01-01", sideload=[])
    result = command("read", config=config, catalog=catalog())
    assert (result.exit_code, bool(result.records["tickets"])) == (0, True)
    (warning,) = result.warnings
    assert "`sideload`" in warning
    assert "did you mean sideloads?" in warning


def test_a_wrong_config_is_a_config_error(command: Command) -> None:
    (trace,) = command("discover", config={}).bodies("trace")
    assert trace["error"]["failure_type"] == "config_error"


@pytest.mark.parametrize("case", ["not json", "empty", "unknown kind", "a date that is none", "an input for no stream"])
def test_discover_refuses_a_wrong_config(case: str, command: Command) -> None:
    change, parts = BAD_CONFIGS[case]
    assert_refused(command("discover", config=change({"subdomain": "acme", "credentials": LOGIN})), *parts)


@pytest.mark.parametrize("option", ["--config", "--catalog", "--state"])
def test_a_file_that_is_missing_is_named(
    option: str, command: Command, quiet_zendesk: Emulator, tmp_path: Path
) -> None:
    files = {"config": quiet_zendesk.config(), "catalog": catalog(), "state": []}
    files.pop(option.removeprefix("--"))
    assert_refused(command("read", option, str(tmp_path / "none.json"), **files), option, "none.json", "cannot be read")


BAD_CATALOGS: dict[str, tuple[Any, list[str]]] = {
    "not json": ("streams", ["--catalog", "expected JSON"]),
    "not an object": ([], ["--catalog", "expected an object with the list `streams`"]),
    "no streams": ({"stream": []}, ["--catalog", "expected an object with the list `streams`"]),
    "an entry that is none": ({"streams": [{"name": "tickets"}]}, ["--catalog"]),
    "too deep": (
        f'{{"streams": [{"[" * 600}{"]" * 600}]}}',
        ["--catalog", "`streams[0][0][0][0]` is nested too deeply"],
    ),
}


@pytest.mark.parametrize("case", BAD_CATALOGS)
def test_a_wrong_catalog_is_refused(case: str, command: Command, zendesk: Emulator) -> None:
    content, parts = BAD_CATALOGS[case]
    assert_refused(command("read", config=zendesk.config(), catalog=content), *parts)
    assert zendesk.requests == []


@pytest.mark.parametrize("properties", [{"id": 5, "name": {"type": {"a": 1}}}, [1], {"name": {"type": [["x"]]}}])
@pytest.mark.parametrize("custom_fields", ["as_sent", "columns"])
def test_a_schema_that_is_none_is_read_as_one_that_declares_nothing(
    properties: Any, custom_fields: str, zendesk: Emulator
) -> None:
    asked = catalog("groups")
    asked["streams"][0]["stream"]["json_schema"] = {"properties": properties}
    result = run("read", config=zendesk.config(custom_fields=custom_fields), catalog=asked)
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert result.records["groups"]


BAD_STATES: dict[str, tuple[Any, list[str]]] = {
    "not json": ("[", ["--state", "expected JSON"]),
    "legacy": (
        {"tickets": {"generated_timestamp": 1}},
        ["--state", "expected a state of the Airbyte protocol"],
    ),
    "a text": ('"yesterday"', ["--state", "expected a list of states"]),
    "too deep": ("[" * 9999, ["--state", "expected JSON"]),
    "shared": ([{"type": "GLOBAL", "global": {"shared_state": {"a": 1}, "stream_states": []}}], ["`shared_state`"]),
    "a state that is none": ([{"type": "STREAM", "stream": "tickets"}], ["--state"]),
}


@pytest.mark.parametrize("case", BAD_STATES)
def test_a_wrong_state_is_refused(case: str, command: Command, zendesk: Emulator) -> None:
    content, parts = BAD_STATES[case]
    assert_refused(command("read", config=zendesk.config(), catalog=catalog(), state=content), *parts)
    assert zendesk.requests == []


BAD_STREAM_STATES: dict[str, tuple[Any, list[str]]] = {
    "a stream's is a text": (state("tickets", "soon"), ["Stream tickets: its state is 'soon'; expected an object"]),
    "a stream's is a text in all": (
        [{"type": "GLOBAL", "global": {"stream_states": [state("tickets", 5)[0]["stream"]]}}],
        ["Stream tickets: its state is 5; expected an object"],
    ),
    "a time that is none": (state("tickets", {"generated_timestamp": "yesterday"}), ["tickets", "generated_timestamp"]),
    "a state that is too deep": (
        json.dumps(state("tickets", "x")).replace('"x"', '{"a":' * 600 + "1" + "}" * 600),
        ["Stream tickets: its state has `a.a.a.a.a`, which is nested too deeply"],
    ),
    "half of a character": (state("tickets", {"cursor": "\ud83d"}), ["Stream tickets: its state has `cursor`, which"]),
    "a state that is a list": (state("tickets", ["a"]), ["Stream tickets: its state is ['a']; expected an object"]),
}


@pytest.mark.parametrize("case", BAD_STREAM_STATES)
def test_a_wrong_stream_state_names_its_stream(case: str, command: Command, zendesk: Emulator) -> None:
    content, parts = BAD_STREAM_STATES[case]
    result = command("read", config=zendesk.config(), catalog=catalog(), state=content)
    assert [part for part in parts if part not in result.stream_errors["tickets"]] == []
    assert (result.exit_code, result.statuses["tickets"], result.noise) == (1, ["INCOMPLETE"], [])
    assert "Traceback" not in str(result.messages) + result.stderr
    assert zendesk.requests == []


FAMILIES = {
    "cursor list": ("groups", "groups"),
    "offset list": ("active_views", "views/active"),
    "single page": ("sla_policies", "slas/policies"),
    "single object": ("account_settings", "account/settings"),
    "newest first list": ("ticket_audits", "ticket_audits"),
    "cursor export": ("tickets", "incremental/tickets/cursor"),
    "time export": ("organizations", "incremental/organizations"),
    "metric events": ("ticket_metric_events", "incremental/ticket_metric_events"),
    "routing export": ("export_routing_attributes", "incremental/routing/attributes"),
    "side-loaded metrics": ("ticket_metrics", "incremental/tickets/cursor"),
    "comments": ("ticket_comments", "incremental/ticket_events"),
    "definitions": ("attribute_definitions", "routing/attributes/definitions"),
    "samples": ("incremental_samples", "incremental/*/sample"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_response_without_its_list_is_an_error(family: str, zendesk: Emulator) -> None:
    stream, path = FAMILIES[family]
    zendesk.faults.add(path, status=200, body={"hello": "world"}, times=99)
    result = sync(zendesk.config(), [stream])
    assert f"Stream {stream}: " in result.stream_errors[stream]
    assert result.statuses[stream][-1] == "INCOMPLETE"
    assert result.records[stream] == []


@pytest.mark.parametrize("body", [[], b'"text"', 7, None, {"groups": None}, {"groups": {}}, {"groups": ["a"]}])
def test_a_response_of_another_type_is_an_error(body: Any, zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=200, body=body, times=99, headers={"Retry-After": "0"})
    result = sync(zendesk.config(), ["groups"])
    assert "groups" in result.stream_errors
    assert result.records["groups"] == []
    assert result.exit_code == 1


def test_a_response_that_is_not_json_is_retried(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="not_json", times=1, headers={"Retry-After": "0"})
    result = sync(zendesk.config(), ["groups"])
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert len(result.records["groups"]) == 12


def test_a_response_that_is_never_json_is_an_error(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="not_json", times=99, headers={"Retry-After": "0"})
    result = sync(zendesk.config(), ["groups"])
    assert "the response is a web page" in result.stream_errors["groups"]
    assert (result.records["groups"], result.exit_code) == ([], 1)


def test_a_child_response_without_its_list_is_an_error(zendesk: Emulator) -> None:
    zendesk.faults.add("users/*/identities", status=200, body={"hello": "world"}, times=1)
    result = sync(zendesk.config(), ["list_user_identities"])
    assert "list_user_identities" in result.stream_errors


def test_a_failed_stream_leaves_the_others_complete(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=200, body={}, times=99)
    result = sync(zendesk.config(), ["groups", "tickets", "brands"])
    assert {name: stream_statuses[-1] for name, stream_statuses in result.statuses.items()} == {
        "groups": "INCOMPLETE", "tickets": "COMPLETE", "brands": "COMPLETE",
    }  # fmt: skip
    assert len(result.records["brands"]) == 12


@pytest.mark.parametrize(
    ("name", "parts"), [("tickest", "there is no such stream; did you mean tickets"), ("search_users", "`inputs`")]
)
def test_an_unknown_stream_is_incomplete_and_the_others_are_read(
    name: str, parts: str, command: Command, zendesk: Emulator
) -> None:
    both = configured_catalog(discover(zendesk.config()), ["groups", "brands"])
    both["streams"].insert(1, catalog(name)["streams"][0])
    result = command("read", config=zendesk.config(), catalog=both)
    assert result.exit_code == 1
    assert name in result.stream_errors[name]
    assert parts in result.stream_errors[name]
    assert name in result.errors[-1]
    assert {stream: stream_statuses[-1] for stream, stream_statuses in result.statuses.items()} == {
        "groups": "COMPLETE",
        name: "INCOMPLETE",
        "brands": "COMPLETE",
    }
    assert result.records["groups"]
    assert result.records["brands"]


def test_nothing_is_sent_for_a_catalog_of_unknown_streams(command: Command, zendesk: Emulator) -> None:
    result = command("read", config=zendesk.config(), catalog=catalog("tickest"))
    assert (result.exit_code, result.statuses["tickest"], zendesk.requests) == (1, ["INCOMPLETE"], [])
