"""The configuration is put into one form, and what cannot be is refused by name."""

import re
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.config import START, as_object, parse_config, workers

LOGIN = {"credentials": "api_token", "email": "a@example.com", "api_token": "secret"}
LEAST = {"subdomain": "acme", "credentials": LOGIN}


def test_the_least_config_gets_every_default() -> None:
    assert parse_config(LEAST) == {
        "subdomain": "acme", "credentials": LOGIN, "api_url": "https://acme.zendesk.com", "num_workers": 8,
        "export_page_size": 1000, "page_size": 1000, "ticket_search_lookback_days": 1, "on_behalf_of": "",
        "catalog": "recommended", "unknown_fields": "pass", "custom_fields": "as_sent", "sideloads": [],
        "inputs": [], "allow_writes": False, "actions": [],
    }  # fmt: skip


def test_putting_it_into_one_form_twice_changes_nothing() -> None:
    sound = parse_config({**LEAST, "inputs": [{"stream": "search", "parameters": '{"query": "a"}'}]})
    assert parse_config(sound) == sound


def test_the_given_config_is_left_alone() -> None:
    given = {**LEAST, "subdomain": "https://acme.zendesk.com"}
    parse_config(given)
    assert given["subdomain"] == "https://acme.zendesk.com"


def test_fields_that_are_not_ours_are_kept() -> None:
    assert parse_config({**LEAST, "ignore_pagination": True})["ignore_pagination"] is True


@pytest.mark.parametrize(
    "given",
    ["acme", "Acme", " acme ", "acme.zendesk.com", "https://acme.zendesk.com/", "http://ACME.zendesk.com/agent/x?y#z"],
)
def test_a_subdomain_in_any_form(given: str) -> None:
    assert parse_config({**LEAST, "subdomain": given})["subdomain"] == "acme"


@pytest.mark.parametrize("given", ["a-b-1", "0a", "a"])
def test_a_subdomain_of_letters_digits_and_hyphens(given: str) -> None:
    assert parse_config({**LEAST, "subdomain": given})["api_url"] == f"https://{given}.zendesk.com"


@pytest.mark.parametrize(
    "given",
    [None, "", 7, "a b", "-a", "a-", "a_b", "acme.example.com", "acme.zendesk.com.evil.com", "ac@me", "[::1", "ä"],
)
def test_a_subdomain_that_is_none(given: Any) -> None:
    with pytest.raises(ConfigError, match="`subdomain`: expected"):
        parse_config({**LEAST, "subdomain": given})


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://proxy.example.com/", "https://proxy.example.com"), ("http://127.0.0.1:8888", "http://127.0.0.1:8888"),
        ("http://localhost:1", "http://localhost:1"), ("http://[::1]:1", "http://[::1]:1"), ("", "https://acme.zendesk.com"),
    ],
)  # fmt: skip
def test_an_address_over_https_or_on_this_machine(given: str, address: str) -> None:
    assert parse_config({**LEAST, "base_url": given})["api_url"] == address


@pytest.mark.parametrize(
    ("given", "means"),
    [(None, False), (True, True), ("true", True), ("false", False), ("dry_run", "dry_run")],
)
def test_writes_may_be_allowed_by_a_form_that_takes_text(given: Any, means: bool | str) -> None:  # noqa: FBT001
    assert parse_config({**LEAST, "allow_writes": given})["allow_writes"] == means


@pytest.mark.parametrize(
    "given",
    ["http://acme.zendesk.com", "acme", "ftp://127.0.0.1", "http://127.0.0.1.evil.com", "http://127.0.0.1@evil.com", 7],
)
def test_an_address_elsewhere(given: Any) -> None:
    with pytest.raises(ConfigError, match="`base_url`"):
        parse_config({**LEAST, "base_url": given})


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ({"credentials": "client_credentials", "client_id": "a"}, "client_secret"),
        ({"credentials": "oauth2_refresh", "client_id": "a", "client_secret": "b"}, "refresh_token"),
        ({"credentials": "oauth2.0"}, "access_token"),
        ({"credentials": "api_token", "email": "a@example.com", "api_token": " "}, "api_token"),
        ({"credentials": "basic", "password": "b"}, "email"),
    ],
)
def test_each_kind_of_credentials_names_what_it_needs(kind: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=f"`credentials.{missing}`.*{kind['credentials']} needs it"):
        parse_config({**LEAST, "credentials": kind})


@pytest.mark.parametrize("kind", [None, "", "token", 7, ["api_token"]])
def test_an_unknown_kind_of_credentials_names_those_there_are(kind: Any) -> None:
    with pytest.raises(ConfigError, match=r"`credentials\.credentials`: expected one of client_credentials, .*basic"):
        parse_config({**LEAST, "credentials": {"credentials": kind}})


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("num_workers", 0), ("num_workers", 41), ("num_workers", "8"), ("num_workers", 2.5),
        ("export_page_size", 0), ("export_page_size", 1001), ("page_size", 0), ("page_size", 1001),
        ("ticket_search_lookback_days", -1), ("ticket_search_lookback_days", 366),
        ("start_date", "soon"), ("start_date", "2024-02-31"),
        ("on_behalf_of", ["a"]), ("inputs", "search"), ("inputs", ["search"]), ("inputs[0].stream", [{}]),
        ("sideloads", {"a": 1}), ("actions[0].stream", [{"stream": ""}]), ("allow_writes", "yes"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, given: Any) -> None:
    with pytest.raises(ConfigError, match=f"`{re.escape(field)}`: expected"):
        parse_config({**LEAST, field.partition("[")[0]: given})


@pytest.mark.parametrize(
    ("given", "exports", "comments"),
    [
        ({}, 1000, 1000),
        ({"page_size": 100}, 1000, 100),
        ({"export_page_size": 500}, 500, 500),
        ({"export_page_size": 50, "page_size": 200}, 50, 200),
    ],
)
def test_the_page_size_of_airbytes_connector_is_that_of_comments_alone(
    given: dict[str, int], exports: int, comments: int
) -> None:
    sound = parse_config({**LEAST, **given})
    assert (sound["export_page_size"], sound["page_size"]) == (exports, comments)


@pytest.mark.parametrize(("given", "number"), [(1, 2), (2, 2), (40, 40)])
def test_workers_within_bounds_and_the_single_one_of_airbytes_connector(given: int, number: int) -> None:
    assert parse_config({**LEAST, "num_workers": given})["num_workers"] == number
    assert workers({"num_workers": given}) == number


@pytest.mark.parametrize("given", [None, 0, 99, "many"])
def test_a_wrong_number_of_workers_stops_nothing_before_it_is_refused(given: Any) -> None:
    assert workers({"num_workers": given}) == 8


@pytest.mark.parametrize("given", [{"a": 1}, '{"a": 1}'])
def test_an_object_may_come_as_json(given: Any) -> None:
    assert as_object(given, "body") == {"a": 1}


@pytest.mark.parametrize("given", [None, "", {}])
def test_nothing_is_an_empty_object(given: Any) -> None:
    assert as_object(given, "body") == {}


@pytest.mark.parametrize("given", ["[1]", "{a}", "7", [1], 7])
def test_what_is_no_object_is_refused_by_the_name_of_its_field(given: Any) -> None:
    with pytest.raises(ConfigError, match="`body`: expected an object"):
        as_object(given, "body")


def test_what_was_given_stays_as_it_is_for_a_config_that_is_saved_with_a_new_token() -> None:
    given = {**LEAST, "start_date": "2024-01-01T00:00:00Z", "base_url": "http://127.0.0.1:8888/"}
    sound = parse_config(given)
    assert {name: sound[name] for name in given} == given
    assert not {"start_date", "base_url"} & set(parse_config(LEAST))


@pytest.mark.parametrize(
    ("field", "words"), [("catalog", "recommended or complete"), ("unknown_fields", "pass or collect")]
)
def test_a_word_that_there_is_not_is_refused_with_those_there_are(field: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`: expected {words}; got 'drop'"):
        parse_config({**LEAST, field: "drop"})


@pytest.mark.parametrize(
    "given",
    [
        "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.1234567Z",
        "2024-01-01T01:00:00+01:00", "2023-12-31T19:00:00.000-05:00",
    ],
)  # fmt: skip
def test_a_start_with_fractions_or_an_offset(given: str) -> None:
    pattern = Manifest.load().content["spec"]["connection_specification"]["properties"]["start_date"]["pattern"]
    assert re.search(pattern, given)
    assert times.start_of(parse_config({**LEAST, "start_date": given})) == 1704067200


@pytest.mark.parametrize("given", ["2024-W01-1", "20240101", "2024-01-01\n", "2024-01-01T00", "2024-01-01T00:00:00+1"])
def test_no_other_form_of_a_start(given: str) -> None:
    with pytest.raises(ConfigError, match="`start_date`: expected a date such as 2024-01-01 or 2024-01-01T00:00:00Z"):
        parse_config({**LEAST, "start_date": given})


def test_the_specification_has_the_same_pattern_for_a_start() -> None:
    pattern = Manifest.load().content["spec"]["connection_specification"]["properties"]["start_date"]["pattern"]
    assert pattern == f"^{START.pattern}$"


def test_a_start_before_the_epoch_is_the_epoch() -> None:
    assert times.start_of({"start_date": "0001-01-01"}) == 0


def test_what_is_not_set_of_the_credentials_is_left_out() -> None:
    login = LOGIN | {"scope": None, "token_expiry_date": "", "access_token": None}
    assert parse_config({**LEAST, "credentials": login})["credentials"] == LOGIN


@pytest.mark.parametrize("unset", [None, ""])
def test_without_an_address_requests_go_to_zendesk(unset: Any) -> None:
    assert parse_config({**LEAST, "base_url": unset})["api_url"] == "https://acme.zendesk.com"


@pytest.mark.parametrize("given", [0, False, [], {}, ["a"], "x" * 500, "ftp://acme.zendesk.com"])
def test_a_wrong_address_is_refused_by_its_field(given: Any) -> None:
    with pytest.raises(ConfigError, match="`base_url`: expected"):
        parse_config({**LEAST, "base_url": given})
