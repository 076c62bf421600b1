"""The body of an action needs the keys that Zendesk documents."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.examples import example
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.settings.action_bodies import TYPES, required_keys
from source_zendesk.settings.actions import actions_by_stream
from source_zendesk.writes.action import NEEDS_FILE, TAKES_BODY

Json = dict[str, Any]
MANIFEST = Manifest.load()
ENTRIES = [e for e in MANIFEST.endpoints.values() if e.kind == "action" and e.options.sends in TAKES_BODY]
CHECKED = [entry for entry in ENTRIES if entry.required_body]
NEEDS_BODY = [entry for entry in ENTRIES if entry.options.needs_body]
PICTURE, ARCHIVE = "a.png", "a.zip"
SERVED = {(endpoint.method, endpoint.path): endpoint for endpoint in endpoints()}
VALUES: dict[str, list[Any]] = {"object": [{}, {"a": 1}], "list": [[], [{"a": 1}]], "any": ["a", 1, [], {}, None]}
WRONG: dict[str, list[Any]] = {"object": [None, "a", 1, []], "list": [None, "a", 1, {}], "any": []}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (PICTURE, ARCHIVE):
        Path(name).touch()


def parse(entry: Endpoint, body: Any, **optional: str) -> None:
    params = {names.split("|")[0]: "1" for names in entry.required_params}
    item = {"stream": entry.name, "parameters": params | optional, "body": body}
    if entry.options.sends in NEEDS_FILE:
        item["file"] = ARCHIVE if "application/zip" in entry.options.upload.content_types else PICTURE
    actions_by_stream([item], MANIFEST, is_allowed=True)


def refusal(entry: Endpoint, body: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        parse(entry, body)
    return str(refused.value.message)


def body_of(entry: Endpoint) -> Json:
    """The required keys, the last of each choice."""
    return {name: VALUES[kind][0] for name, kind in (list(choice.items())[-1] for choice in required_keys(entry))}


def without(body: Json, names: Iterable[str]) -> Json:
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_types_of_keys_are_known(entry: Endpoint) -> None:
    assert {kind for choice in required_keys(entry) for kind in choice.values()} <= set(TYPES)
    assert all(name for choice in required_keys(entry) for name in choice)


def test_most_actions_have_a_body_that_is_checked() -> None:
    assert len(CHECKED) > 3 * len(ENTRIES) / 4


@pytest.mark.parametrize("entry", CHECKED, ids=lambda entry: entry.name)
def test_a_body_without_its_key_is_refused_with_the_expected_shape(entry: Endpoint) -> None:
    for choice in required_keys(entry):
        body = without(body_of(entry), choice)
        for each in ({**body, "note": "s3cret"}, body or {"tag": 1}):
            message = refusal(entry, each)
            assert f"`actions[0].body.{'` or `'.join(choice)}`: it is missing; {entry.name} takes {{" in message
            assert all(f'"{name}": ' in message for name in choice)
            assert "s3cret" not in message


@pytest.mark.parametrize("entry", CHECKED, ids=lambda entry: entry.name)
def test_an_action_without_its_body_is_refused(entry: Endpoint) -> None:
    for body in (None, {}, {"json": ""}):
        assert "`actions[0].body" in refusal(entry, body)


@pytest.mark.parametrize("entry", CHECKED, ids=lambda entry: entry.name)
def test_a_key_with_a_value_of_another_type_is_refused(entry: Endpoint) -> None:
    for choice in required_keys(entry):
        for name, kind in choice.items():
            for value in WRONG[kind]:
                message = refusal(entry, {**body_of(entry), name: value})
                assert f"`actions[0].body.{name}`: expected {TYPES[kind][1]}; got " in message


@pytest.mark.parametrize("entry", CHECKED, ids=lambda entry: entry.name)
def test_every_choice_of_a_key_is_accepted_beside_other_keys(entry: Endpoint) -> None:
    for choice in required_keys(entry):
        for name, kind in choice.items():
            for value in [1, "a", True] if entry.options.sends == "form" else VALUES[kind]:
                parse(entry, {**without(body_of(entry), choice), name: value, "notify_subscribers": False})


@pytest.mark.parametrize("entry", NEEDS_BODY, ids=lambda entry: entry.name)
def test_a_needed_body_is_refused_if_it_and_its_replacements_are_missing(entry: Endpoint) -> None:
    bodies: tuple[Json | None, ...] = (None, {})
    for body in bodies:
        message = refusal(entry, body)
        assert f"`actions[0].body`: it is missing; {entry.name} takes " in message
        assert all(f"or the parameter `{name}`" in message for name in entry.optional_params)
        for name in entry.optional_params:
            parse(entry, body, **{name: "1"})
    parse(entry, body_of(entry) or {"a": 1})


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if not e.required_body and not e.options.needs_body], ids=lambda entry: entry.name
)
def test_a_body_without_documented_keys_is_accepted_in_every_form(entry: Endpoint) -> None:
    for body in (None, {}, {"a": 1}, {entry.record_key or "a": {"b": 1}}):
        parse(entry, body)


def test_the_documented_body_of_every_endpoint_is_accepted() -> None:
    with Emulator(rows=6, tickets=12) as zendesk:
        for entry in ENTRIES:
            sent = example(zendesk.store, SERVED[entry.method, entry.path]) if _has_example(entry) else None
            if sent and sent.body is not None:
                parse(entry, sent.body)


def _has_example(entry: Endpoint) -> bool:
    return SERVED[entry.method, entry.path].serve not in ("restore", "job_purge")


def test_the_error_shows_the_keys_that_the_body_has() -> None:
    body = {"subject": "Printer", "comment": {"body": "s3cret"}, "priority": "high", "tags": []}
    assert refusal(_entry("update_ticket"), body) == (
        '`actions[0].body.ticket`: it is missing; update_ticket takes {"ticket": {...}}; '
        'got {"subject": ..., "comment": ..., "priority": ... and 1 more}.'
    )


def _entry(name: str) -> Endpoint:
    return MANIFEST.endpoints[name]


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("update_many_tickets", '{"ticket": {...}} or {"tickets": [...]}'),
        ("create_saved_search", '{"name": ..., "query": ..., "type": ...}'),
        ("create_or_clone_webhook", '{"webhook": {...}} or the parameter `clone_webhook_id`'),
        ("create_itam_status", "a body"),
        ("create_many_users", '{"users": [...]}'),
        ("change_own_password", '{"previous_password": ..., "password": ...}'),
        ("update_user", '{"user": {...}} or a `file`'),
    ],
)
def test_the_error_shows_every_form(name: str, takes: str) -> None:
    assert f"; {name} takes {takes}." in refusal(_entry(name), None)
