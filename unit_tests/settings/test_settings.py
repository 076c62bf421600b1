"""Defaults and normalization of the settings, and the errors of invalid fields."""

import copy
import re
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings
from source_zendesk.settings.field_values import as_object

LOGIN = {"credentials": "api_token", "email": "a@example.com", "api_token": "secret"}
MINIMAL = {"subdomain": "acme", "credentials": LOGIN}


def parse(**changes: Any) -> Settings:
    return Settings.parse({**MINIMAL, **changes}, Manifest.load())


def test_a_minimal_config_gets_every_default() -> None:
    assert parse() == Settings(
        given=MINIMAL, subdomain="acme", base_url="", api_url="https://acme.zendesk.com", credentials=LOGIN,
        start_date="", num_workers=None, export_page_size=1000, page_size=1000, ticket_search_lookback_days=1,
        on_behalf_of="", catalog="recommended", unknown_fields="pass", custom_fields="as_sent",
        allow_writes=False, dry_run=False, inputs={}, sideloads={}, files={}, actions={},
    )  # fmt: skip


def test_defaults_are_those_of_the_specification() -> None:
    fields = Manifest.load().spec["connection_specification"]["properties"]
    defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
    assert {name: parse().config[name] for name in defaults} == defaults | {"allow_writes": False}


def test_components_interpolate_the_settings_by_name() -> None:
    settings = parse(num_workers=4, start_date="2024-01-01")
    assert {name: settings.config[name] for name in ("api_url", "num_workers", "start_date", "on_behalf_of")} == {
        "api_url": "https://acme.zendesk.com", "num_workers": 4, "start_date": "2024-01-01", "on_behalf_of": "",
    }  # fmt: skip


def test_a_renewed_token_reaches_all_components() -> None:
    settings = parse()
    settings.config["credentials"]["api_token"] = "renewed"
    assert settings.credentials["api_token"] == settings.config["credentials"]["api_token"] == "renewed"


def test_items_are_by_stream() -> None:
    settings = parse(
        inputs=[{"stream": "search", "parameters": text} for text in ('{"query": "a"}', {"query": "b"})],
        sideloads=[{"stream": "tickets", "include": ["users"]}, {"stream": "tickets", "include": ["users", "groups"]}],
        allow_writes="dry_run",
        actions=[{"stream": "create_ticket", "body": '{"ticket": {"subject": "a"}}'}],
    )
    assert settings.inputs == {"search": [{"query": "a"}, {"query": "b"}]}
    assert settings.sideloads == {"tickets": ["users", "groups"]}
    assert [action.body for action in settings.actions["create_ticket"]] == [{"ticket": {"subject": "a"}}]


def test_the_given_config_is_kept_unchanged_for_saving_with_a_new_token() -> None:
    value = {**MINIMAL, "subdomain": "https://acme.zendesk.com", "ignore_pagination": True}
    given = copy.deepcopy(value)
    settings = Settings.parse(value, Manifest.load())
    assert settings.given == value == given


@pytest.mark.parametrize(
    "value",
    ["acme", "Acme", " acme ", "acme.zendesk.com", "https://acme.zendesk.com/", "http://ACME.zendesk.com/agent/x?y#z"],
)
def test_a_subdomain_is_accepted_in_any_form(value: str) -> None:
    assert parse(subdomain=value).subdomain == "acme"


@pytest.mark.parametrize("value", ["a-b-1", "0a", "a"])
def test_a_subdomain_of_letters_digits_and_hyphens(value: str) -> None:
    assert parse(subdomain=value).api_url == f"https://{value}.zendesk.com"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        7,
        "a b",
        "-a",
        "a-",
        "a_b",
        "acme.example.com",
        "acme.zendesk.com.evil.com",
        "ac@me",
        "[::1",
        "ä",
        "a" * 64,
    ],
)
def test_an_invalid_subdomain_is_rejected(value: Any) -> None:
    with pytest.raises(ConfigError, match="`subdomain`: expected"):
        parse(subdomain=value)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://proxy.example.com/", "https://proxy.example.com"), ("http://127.0.0.1:8888", "http://127.0.0.1:8888"),
        ("http://localhost:1", "http://localhost:1"), ("http://[::1]:1", "http://[::1]:1"),
        (" http://127.0.0.1:1/\n", "http://127.0.0.1:1"), ("", "https://acme.zendesk.com"),
    ],
)  # fmt: skip
def test_a_base_url_with_https_or_on_loopback_is_accepted(value: str, address: str) -> None:
    assert parse(base_url=value).api_url == address


@pytest.mark.parametrize(
    ("value", "means"),
    [
        (None, (False, False)), (True, (True, False)), ("true", (True, False)), ("false", (False, False)),
        ("dry_run", (False, True)),
    ],
)  # fmt: skip
def test_allow_writes_accepts_the_texts_of_earlier_versions(value: Any, means: tuple[bool, bool]) -> None:
    settings = parse(allow_writes=value)
    assert (settings.allow_writes, settings.dry_run) == means


def test_a_dry_run_needs_no_permission_and_wins_over_it() -> None:
    actions = [{"stream": "delete_group", "parameters": {"group_id": 1}}]
    for others in ({}, {"allow_writes": True}, {"allow_writes": "true"}, {"allow_writes": False}):
        assert parse(actions=actions, dry_run=True, **others).dry_run


@pytest.mark.parametrize("body", [None, "", {}, {"json": ""}, {"json": None}])
def test_an_empty_object_of_a_form_is_no_body(body: Any) -> None:
    item = {"stream": "delete_group", "parameters": {"json": '{"group_id": 1}'}, "body": body}
    (action,) = parse(actions=[item], allow_writes=True).actions["delete_group"]
    assert (action.parameters, action.body) == ({"group_id": 1}, None)


def test_an_action_has_one_fingerprint_in_each_form() -> None:
    forms: list[Any] = [{"ticket": {"subject": "a"}}, '{"ticket": {"subject": "a"}}']
    forms.append({"json": forms[1]})
    items = [{"stream": "create_ticket", "body": form} for form in forms]
    actions = parse(actions=items, allow_writes=True).actions["create_ticket"]
    assert len({action.fingerprint for action in actions}) == 1


@pytest.mark.parametrize(
    "value",
    [
        *(
            "http://acme.zendesk.com",
            "acme",
            "ftp://127.0.0.1",
            "http://127.0.0.1.evil.com",
            "http://127.0.0.1@evil.com",
        ),
        *(7, "https://127.0.0.1:99999", "https://127.0.0.1:0", "https://127.0.0.1:port", "https://a b", "https://a..b"),
        *(f"https://{'a' * 64}.example", "https://*.example", "https://evil.example\x1b[2J"),
    ],
)
def test_a_base_url_without_https_is_rejected(value: Any) -> None:
    with pytest.raises(ConfigError, match="`base_url`"):
        parse(base_url=value)


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
def test_a_missing_field_of_the_credentials_is_named(kind: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=f"`credentials.{missing}`.*{kind['credentials']} needs it"):
        parse(credentials=kind)


@pytest.mark.parametrize("kind", [None, "", "token", 7, ["api_token"]])
def test_an_unknown_kind_of_credentials_lists_the_known_ones(kind: Any) -> None:
    with pytest.raises(ConfigError, match=r"`credentials\.credentials`: expected one of client_credentials, .*basic"):
        parse(credentials={"credentials": kind})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("num_workers", 0), ("num_workers", 41), ("num_workers", "8"), ("num_workers", 2.5),
        ("export_page_size", 0), ("export_page_size", 1001), ("page_size", 0), ("page_size", 1001),
        ("ticket_search_lookback_days", -1), ("ticket_search_lookback_days", 366),
        ("start_date", "soon"), ("start_date", "2024-02-31"),
        ("on_behalf_of", ["a"]), ("inputs", "search"), ("inputs", ["search"]), ("inputs[0].stream", [{}]),
        ("sideloads", {"a": 1}), ("actions[0].stream", [{"stream": ""}]), ("allow_writes", "yes"),
    ],
)  # fmt: skip
def test_the_error_of_an_invalid_value_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"`{re.escape(field)}`: expected"):
        parse(**{field.partition("[")[0]: value})


@pytest.mark.parametrize(
    ("value", "exports", "comments"),
    [
        ({}, 1000, 1000),
        ({"page_size": 100}, 1000, 100),
        ({"export_page_size": 500}, 500, 500),
        ({"export_page_size": 50, "page_size": 200}, 50, 200),
    ],
)
def test_page_size_applies_to_comments_only(value: dict[str, int], exports: int, comments: int) -> None:
    settings = parse(**value)
    assert (settings.export_page_size, settings.page_size) == (exports, comments)


@pytest.mark.parametrize(("value", "number"), [(1, 2), (2, 2), (40, 40)])
def test_the_single_worker_of_airbytes_connector_becomes_two(value: int, number: int) -> None:
    assert parse(num_workers=value).num_workers == number


@pytest.mark.parametrize("value", [{"a": 1}, {"json": '{"a": 1}'}])
def test_an_object_may_be_json_text(value: Any) -> None:
    assert as_object(value, "body") == {"a": 1}


@pytest.mark.parametrize("value", [None, "", {}, {"json": ""}, {"json": None}])
def test_an_unset_object_is_empty(value: Any) -> None:
    assert as_object(value, "body") == {}


@pytest.mark.parametrize("value", ["[1]", "{a}", "7", [1], 7])
def test_the_error_of_another_type_than_object_names_the_field(value: Any) -> None:
    with pytest.raises(ConfigError, match="`body`: expected an object"):
        as_object(value, "body")


@pytest.mark.parametrize(
    ("field", "words"), [("catalog", "recommended or complete"), ("unknown_fields", "pass or collect")]
)
def test_the_error_of_an_unknown_option_lists_the_known_ones(field: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`: expected {words}; got 'drop'"):
        parse(**{field: "drop"})


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.1234567Z",
        "2024-01-01T01:00:00+01:00", "2023-12-31T19:00:00.000-05:00",
    ],
)  # fmt: skip
def test_a_start_date_may_have_fractions_or_an_offset(value: str) -> None:
    pattern = Manifest.load().spec["connection_specification"]["properties"]["start_date"]["pattern"]
    assert re.search(pattern, value)
    assert times.start_of(parse(start_date=value).config) == 1704067200


@pytest.mark.parametrize("value", ["2024-W01-1", "20240101", "2024-01-01\n", "2024-01-01T00", "2024-01-01T00:00:00+1"])
def test_other_forms_of_a_start_date_are_rejected(value: str) -> None:
    with pytest.raises(ConfigError, match="`start_date`: expected a date such as 2024-01-01 or 2024-01-01T00:00:00Z"):
        parse(start_date=value)


def test_a_start_date_before_the_epoch_is_the_epoch() -> None:
    assert times.start_of({"start_date": "0001-01-01"}) == 0


def test_unset_fields_of_the_credentials_are_removed() -> None:
    login = LOGIN | {"scope": None, "token_expiry_date": "", "access_token": None}
    assert parse(credentials=login).credentials == LOGIN


@pytest.mark.parametrize("unset", [None, ""])
def test_without_base_url_requests_go_to_zendesk(unset: Any) -> None:
    assert parse(base_url=unset).api_url == "https://acme.zendesk.com"


@pytest.mark.parametrize("value", [0, False, [], {}, ["a"], "x" * 500, "ftp://acme.zendesk.com"])
def test_the_error_of_an_invalid_base_url_names_the_field(value: Any) -> None:
    with pytest.raises(ConfigError, match="`base_url`: expected"):
        parse(base_url=value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"user": {"name": "a\ud83d"}}, "`actions[0].body.user.name` has half of a surrogate pair"),
        ('{"user": {"name": "a\\ud83d"}}', "`actions[0].body.user.name` has half of a surrogate pair"),
        ({"user": {"name": float("nan")}}, "`actions[0].body` has NaN or an infinite number"),
        ('{"user": {"name": NaN}}', "`actions[0].body` has NaN or an infinite number"),
        ('{"user": {"name": 1e999}}', "`actions[0].body` has NaN or an infinite number"),
        (f'{{"user": {"[" * 600}{"]" * 600}}}', "`actions[0].body.user[0][0][0][0]` is nested too deeply"),
        (f'{{"user": {"[" * 99_999}', "`actions[0].body`: expected an object or its JSON text"),
    ],
)
def test_the_error_of_a_value_that_is_not_json_names_its_field(value: Any, message: str) -> None:
    for field in ("actions", "inputs"):
        name = "body" if field == "actions" else "parameters"
        with pytest.raises(ConfigError) as refused:
            parse(**{field: [{"stream": "create_user", name: value}]})
        assert message.replace("actions[0].body", f"{field}[0].{name}") in str(refused.value.message)
