"""The values of parameters have the documented type, for every placeholder of every action and input."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.placeholders import INTEGERS
from source_zendesk.manifest.record_schema import path_param_types
from source_zendesk.settings.parameters import check_parameters, query_texts

MANIFEST = Manifest.load()
WITH_PATH_VALUES = [
    entry for entry in MANIFEST.endpoints.values() if entry.placeholders and (entry.kind != "read" or entry.parents)
]
WRONG_TYPES = [[1], {"a": 1}, True, 1.5]
NO_INTEGERS = ["abc", "1a", "1.0", "٣", "01H078CBDY28BZG7P6BONY09DN"]
TEXTS = ["7", 7, "01H078CBDY28BZG7P6BONY09DN", "a key/é"]


def parameters_of(entry: Endpoint, name: str, value: Any) -> dict[str, Any]:
    """All required parameters, with this value for one of them."""
    return {each.split("|")[0]: "1" for each in entry.required_params} | {name: value}


def refusal(entry: Endpoint, name: str, value: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        check_parameters(entry, parameters_of(entry, name, value), "parameters")
    return str(refused.value.message)


@pytest.mark.parametrize("entry", WITH_PATH_VALUES, ids=lambda entry: entry.name)
def test_every_placeholder_takes_its_type_only(entry: Endpoint) -> None:
    for name in entry.placeholders:
        kind = "an integer" if name in INTEGERS else "a string or an integer"
        for value in WRONG_TYPES + (NO_INTEGERS if name in INTEGERS else []):
            assert f"`parameters.{name}`: expected {kind}; got " in refusal(entry, name, value)
        for value in ["7", 7] if name in INTEGERS else TEXTS:
            check_parameters(entry, parameters_of(entry, name, value), "parameters")
        for value in (None, "", []):
            assert f"`parameters.{name}`: it is missing" in refusal(entry, name, value)


def test_no_key_of_a_record_is_declared_an_integer() -> None:
    """Zendesk documents an integer in the path for the two exceptions: their records have a string or no such field."""
    exceptions = {"ticket_task_lists", "getting_twicket_status"}
    for entry in (each for each in WITH_PATH_VALUES if each.kind != "action" and each.name not in exceptions):
        texts = {name for name, kind in path_param_types(entry, MANIFEST.endpoints).items() if kind == "string"}
        assert texts.isdisjoint(INTEGERS), entry.name


def test_every_declared_integer_is_a_placeholder() -> None:
    assert {name for entry in WITH_PATH_VALUES for name in entry.placeholders} >= INTEGERS


@pytest.mark.parametrize(
    ("value", "text"), [([1, 2], "1,2"), ("1,2", "1,2"), (True, "true"), (False, "false"), (7, 7), ("a", "a")]
)
def test_lists_and_booleans_of_a_query_become_texts(value: Any, text: Any) -> None:
    assert query_texts(MANIFEST.endpoints["show_many_users"], {"ids": value}) == {"ids": text}


def test_a_parameter_of_a_body_stays_as_it_is() -> None:
    entry = next(each for each in MANIFEST.endpoints.values() if each.takes_body)
    assert query_texts(entry, {"not_documented": [1, 2]}) == {"not_documented": [1, 2]}
