"""The specification follows the rules of Airbyte's form."""

from copy import deepcopy
from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from unit_tests.spec_rules import fields, oauth_problems, spec_problems

CONTENT = Manifest.load().spec
SPECIFICATION = CONTENT["connection_specification"]
FIRST = ["subdomain", "credentials", "start_date", "catalog", "custom_fields", "unknown_fields"]


def test_the_specification_has_no_problem() -> None:
    assert spec_problems(SPECIFICATION) == []


def test_the_rules_see_each_field() -> None:
    paths = [path for path, _ in fields(SPECIFICATION)]
    assert {"credentials.client_id", "inputs[].parameters", "actions[].body.json", "sideloads[].include"} <= set(paths)


@pytest.mark.parametrize(
    ("path", "changes", "problem"),
    [
        ("allow_writes", {"type": ["string", "boolean"]}, "allow_writes: expected one type"),
        ("dry_run", {"type": None}, "dry_run: expected one type"),
        ("inputs.items.properties.parameters", {"properties": {}}, "inputs[].parameters: an object without fields"),
        ("actions.items.properties.body", {"type": ["string", "object"]}, "actions[].body: expected one type"),
        ("actions.items.properties.body", {"anyOf": [{}]}, "actions[].body: anyOf is not shown"),
        ("start_date", {"$ref": "#/definitions/date"}, "start_date: $ref is not shown"),
        ("inputs", {"items": [{"type": "string"}]}, "inputs: items need one type"),
        ("inputs", {"items": {"type": ["string", "object"]}}, "inputs: items need one type"),
        ("catalog", {"enum": ["complete", "complete"]}, "catalog: a choice is listed twice"),
        ("inputs.items.properties.parameters", {"additionalProperties": False}, "additionalProperties is not true"),
        ("inputs.items.properties.stream", {"group": "rows"}, "inputs[].stream: only fields at the top"),
        ("catalog", {"display_type": "radio"}, "catalog: display_type needs alternatives"),
        ("unknown_fields", {"order": 3}, "order 3 occurs twice in group rows"),
        ("sell", {"properties": {"host": {"type": "string"}}}, "sell: fields beside alternatives are not shown"),
        ("credentials", {"oneOf": [{"properties": {}}]}, "credentials: alternatives need one constant field"),
        ("credentials", {"type": "string"}, "credentials: alternatives need one constant field"),
        ("credentials", {"oneOf": [{"properties": {"kind": {"type": "string", "const": "a", "default": "a"}}}]},
         "credentials: the constant field has neither"),
        ("credentials", {"oneOf": [{"properties": {"kind": {"type": "string", "const": "a"}}}] * 2},
         "credentials: two alternatives have the same constant"),
    ],
)  # fmt: skip
def test_each_rule_finds_its_violation(path: str, changes: dict[str, Any], problem: str) -> None:
    broken = deepcopy(SPECIFICATION)
    field = broken["properties"]
    for name in path.split("."):
        field = field[name]
    field.update(changes)
    assert [found for found in spec_problems(broken) if problem in found]


def test_the_fields_of_the_consent_button_exist() -> None:
    auth = CONTENT["advanced_auth"]
    assert oauth_problems(SPECIFICATION, auth) == []
    assert oauth_problems(SPECIFICATION, auth | {"predicate_key": ["credentials", "kind"]}) == ["credentials.kind"]


def test_the_form_asks_for_the_main_fields_first() -> None:
    groups = [group["id"] for group in SPECIFICATION["groups"]]
    form = SPECIFICATION["properties"]
    shown = sorted(form, key=lambda name: (groups.index(form[name]["group"]), form[name]["order"]))
    assert shown[: len(FIRST)] == FIRST
    hidden = [name for name in FIRST if name not in SPECIFICATION["required"] and not form[name].get("always_show")]
    assert hidden == []
