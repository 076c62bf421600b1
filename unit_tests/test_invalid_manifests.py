"""Each rule finds its violation, and the loader rejects invalid entries and families."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest import Manifest
from unit_tests.manifest_rules import RULES

Content = dict[str, Any]
Break = Callable[[Content, dict[str, Content]], Any]


def change(stream: str, /, **changes: Any) -> Break:
    """Change keys of an entry; an Ellipsis removes the key."""

    def make(_: Content, streams: dict[str, Content]) -> None:
        entry = streams[stream] | changes
        streams[stream].clear()
        streams[stream].update({key: value for key, value in entry.items() if value is not ...})

    return make


def family(name: str, **changes: Any) -> Break:
    return lambda content, _: content["families"].setdefault(name, {}).update(changes)


def parent(**parts: Any) -> Content:
    return {"stream": "groups", **parts}


REJECTED: dict[str, tuple[Break, str]] = {
    "no such family": (change("groups", family="cursor_lists"), "groups: there is no family cursor_lists"),
    "no method": (change("groups", get=...), "groups: expected a path under one of get, post"),
    "two methods": (change("groups", post="/api/v2/groups"), "groups: expected a path under one of get, post"),
    "an unknown key of an entry": (change("brands", colour="red"), "brands: a stream of kind read has no colour"),
    "a body of a get": (change("groups", query_in_body=True), "groups: `query_in_body` needs a path under post"),
    "no schema": (change("brands", schema=...), "brands: family cursor_list needs schema"),
    "no parents": (change("show_group", parents=...), "show_group: family child_object needs parents"),
    "a key of another kind": (change("groups", sends="json"), "groups: a stream of kind read has no sends"),
    "a duplicate name": (change("views", name="macros"), "macros: the name of several streams"),
    "unknown feature": (
        change("show_group", parents={"stream": "groups", "unless_empty": "teams"}),
        "show_group: its parent teams is not a stream",
    ),
    "unknown parent": (change("show_group", parents="group"), "show_group: its parent group is not a stream"),
    "an unknown key of a family": (
        family("single_object", extends="single_page"),
        "account_settings: a stream of kind read has no extends",
    ),
    "no such trait": (change("groups", traits="paged"), "groups: there is no trait paged"),
    "no such trait of a family": (family("cursor_list", traits=["read", "paged"]), ": there is no trait paged"),
    "a family without a kind": (family("single_object", traits=["object"]), "account_settings: its kind is none of"),
    "an unknown kind": (change("groups", kind="reed"), "groups: its kind is none of read, input, sideload, action"),
    "a definition without its mark": (
        change("groups", paginator="cursor_paginator"),
        "groups: paginator: cursor_paginator is not `[$]` and the name of a definition",
    ),
    "no such definition": (
        family("cursor_list", incremental_cursor="$no_cursor"),
        ": incremental_cursor: [$]no_cursor is not `[$]` and the name of a definition",
    ),
    "a value of another type": (change("groups", primary_key="id"), "groups: primary_key must be a list, got 'id'"),
    "an unknown key of a parent": (
        change("show_group", parents={"stream": "groups", "colour": "red"}),
        "show_group: a parent has no colour",
    ),
    "a file without an address": (change("tags", file={"name": "name"}), "tags: a file must be a mapping with `url`"),
    "an unknown key of a file": (change("tags", file={"url": "name", "colour": "red"}), "tags: a file has no colour"),
    "a file of an action": (
        change("delete_group", file={"url": "id"}),
        "delete_group: a stream of kind action has no file",
    ),
    "a parent of another type": (change("show_group", parents=7), "show_group: a parent must be a stream or a mapping"),
}
VIOLATIONS: dict[str, tuple[Break, str]] = {
    "out of order": (lambda content, _: content["streams"].reverse(), " is after "),
    "camel case": (change("count_views", name="countViews"), "countViews is not in snake case"),
    "noise": (change("groups", primary_key=["id"]), "groups: primary_key is already the default of cursor_list"),
    "a record key as noise": (
        change("groups", record_key="groups"),
        "groups: record_key is already the default of cursor_list",
    ),
    "a secret": (change("targets", redacted=["password"]), "targets: secret is not masked"),
    "a family for few entries": (family("idle_list", traits=["read"]), "family idle_list has 0 entries"),
    "unused trait": (lambda content, _: content["traits"].update(idle={}), "trait idle is not used"),
    "unused definition": (
        lambda content, _: content["definitions"].update(idle={"type": "CustomRecordExtractor"}),
        "idle is defined and not used",
    ),
    "no such schema": (change("groups", schema="gruop"), "groups: there is no schema gruop"),
    "unused schema": (change("deleted_tickets", schema="group"), "schemas/deleted_ticket.json is used by no stream"),
    "unknown key": (change("groups", primary_key=["uid"]), "groups: uid is not in its schema"),
    "unknown cursor": (change("groups", cursor_field="changed"), "groups: changed is not in its schema"),
    "nothing for the path": (
        change("show_group", parents=parent(fields={"id": "id"})),
        "show_group: no parent fills group_id",
    ),
    "a parent that needs arguments": (
        change("show_group", parents="search"),
        "show_group: its parent search cannot be read",
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
    "nothing to follow": (
        change("show_group", parents=parent(stream="tags", fields={"group_id": "name"})),
        "show_group: its parent has no cursor to follow",
    ),
    "unknown role": (change("groups", role="bystanders"), "groups: there is no role bystanders"),
    "nothing to count": (change("count_groups", counts="grups"), "count_groups: grups is not a stream to count"),
    "a cycle of preferred streams": (
        change("tickets", preferred_stream="list_tickets"),
        "show_ticket: its preferred streams form a cycle",
    ),
    "unknown preferred stream": (
        change("groups", preferred_stream="grups"),
        "groups: grups is not a valid preferred stream",
    ),
}


def break_manifest(break_it: Break) -> Manifest:
    content = copy.deepcopy(dict(Manifest.load().content))
    break_it(content, {stream["name"]: stream for stream in content["streams"]})
    return Manifest(content, {})


@pytest.mark.parametrize("case", REJECTED)
def test_the_loader_rejects(case: str) -> None:
    break_it, message = REJECTED[case]
    with pytest.raises(ManifestError, match=message):
        break_manifest(break_it)


@pytest.mark.parametrize("case", VIOLATIONS)
def test_a_rule_finds_the_violation(case: str) -> None:
    break_it, message = VIOLATIONS[case]
    manifest = break_manifest(break_it)
    assert [fault for rule in RULES for fault in rule(manifest) if message in fault]
