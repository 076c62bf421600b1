"""Each rule finds the fault that it is there for."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from unit_tests.manifest_rules import RULES

Streams = dict[str, dict[str, Any]]


def change(stream: str, /, **parameters: Any) -> Callable[[dict[str, Any], Streams], None]:
    """Set parameters of an entry, or take those away whose value is Ellipsis."""

    def make(_: dict[str, Any], streams: Streams) -> None:
        kept = streams[stream]["$parameters"] | parameters
        streams[stream]["$parameters"] = {key: value for key, value in kept.items() if value is not ...}

    return make


def refer(name: str, family: str) -> Callable[[dict[str, Any], Streams], None]:
    return lambda _, streams: streams[name].update({"$ref": f"#/definitions/{family}"})


def parent(**parts: Any) -> list[dict[str, Any]]:
    return [{"stream": "groups", "fields": {"group_id": "id"}, **parts}]


BROKEN: dict[str, tuple[Callable[[dict[str, Any], Streams], Any], str]] = {
    "no such family": (refer("groups", "cursor_lists"), "groups: there is no family cursor_lists"),
    "no kind": (lambda content, _: content["definitions"]["cursor_list"].pop("kind"), "cursor_list: its kind is none"),
    "out of order": (lambda content, _: content["streams"].reverse(), " stands behind "),
    "two of a name": (change("views", name="macros"), "macros is the name of 2 streams"),
    "camel case": (change("views", name="allViews"), "allViews is not in snake case"),
    "no record key": (change("brands", record_key=...), "has other parameters than the rest"),
    "no cursor": (change("brands", cursor_field=...), "brands lacks cursor_field"),
    "a parameter too many": (change("brands", colour="red"), "brands has colour"),
    "parents alone": (change("show_group", incremental=...), "show_group has one of parents and incremental"),
    "an override": (
        lambda _, streams: streams["groups"].update(retriever={}),
        "groups: an entry is a family and its parameters",
    ),
    "unused family": (
        lambda content, _: content["definitions"].update(idle_list={"type": "DeclarativeStream"}),
        "idle_list is defined and not used",
    ),
    "no schema": (change("groups", schema="gruop"), "groups: there is no schema gruop"),
    "unused schema": (change("deleted_tickets", schema="group"), "schemas/deleted_ticket.json is used by no stream"),
    "unknown key": (change("groups", primary_key=["uid"]), "groups: uid is not in its schema"),
    "unknown cursor": (change("groups", cursor_field="changed"), "groups: changed is not in its schema"),
    "nothing for the path": (
        change("show_group", parents=parent(fields={"id": "id"})),
        "show_group: nothing gives group_id",
    ),
    "no argument for the path": (
        change("show_attachment", required_arguments=[]),
        "show_attachment: nothing gives attachment_id",
    ),
    "unknown parent": (
        change("show_group", parents=parent(stream="group")),
        "show_group: its parent group is no stream",
    ),
    "unknown parent field": (
        change("show_group", parents=parent(fields={"group_id": "uid"})),
        "show_group: groups has no field uid",
    ),
    "unknown condition": (
        change("show_group", parents=parent(unless={"gone": True})),
        "show_group: groups has no field gone",
    ),
    "unknown mode": (change("show_group", incremental="sometimes"), "show_group: incremental is 'sometimes'"),
    "incremental without a cursor": (change("show_group", cursor_field=""), "it is incremental and has no cursor"),
    "nothing to follow": (
        change("show_group", parents=parent(stream="tags", fields={"group_id": "name"})),
        "show_group: its parent has no cursor to follow",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_the_fault_is_found(case: str) -> None:
    break_it, said = BROKEN[case]
    content = copy.deepcopy(dict(Manifest.load().content))
    break_it(content, {stream["$parameters"]["name"]: stream for stream in content["streams"]})
    assert [fault for rule in RULES for fault in rule(content) if said in fault]
