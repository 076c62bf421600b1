"""Parents get the fields that fill the path, and the conditions of their streams."""

from dataclasses import replace

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest import ParentRef
from unit_tests.manifest.small_manifest import BRANDS, GROUPS, MEMBERS, Content, build, endpoint

SHOW_MEMBER = {"name": "show_member", "get": "/api/v2/groups/{group_id}/members/{member_id}", "family": "child",
    "schema": "user", "parents": "members"}  # fmt: skip
MAPPED = ParentRef(stream="groups", fields={"group_id": "id"})
HELP_CENTERS = ParentRef(stream="brands", fields={"brand_id": "id"}, unless={"has_help_center": False})


@pytest.mark.parametrize(
    ("content", "parent"),
    [
        ("groups", ParentRef(stream="groups")),
        ({"values": ["a"], "fields": {"x": "x"}}, ParentRef(values=["a"], fields={"x": "x"})),
        ({"stream": "groups", "from_the_beginning": True}, ParentRef(stream="groups", from_the_beginning=True)),
    ],
)
def test_a_parent_is_a_name_or_a_mapping(content: object, parent: ParentRef) -> None:
    assert ParentRef.from_entry(content) == parent


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "a parent must be a stream or a mapping, got None"),
        ({"stream": "groups", "field": {}}, "a parent has no field"),
        ({"stream": "groups", "batch": "100"}, "batch must be a number, got '100'"),
        ({"stream": ["groups"]}, "stream must be a text"),
    ],
)
def test_another_parent_is_refused(content: object, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        ParentRef.from_entry(content)


@pytest.mark.parametrize("parents", ["groups", ["groups"], {"stream": "groups"}, {"stream": "groups", "unless": {}}])
def test_the_id_fills_the_placeholder_that_the_path_of_the_parent_lacks(parents: object) -> None:
    assert endpoint(MEMBERS | {"parents": parents}, GROUPS).parents == [MAPPED]


def test_a_placeholder_of_both_paths_is_filled_by_its_name() -> None:
    found = endpoint(SHOW_MEMBER, GROUPS, MEMBERS)
    assert found.parents == [ParentRef(stream="members", fields={"group_id": "group_id", "member_id": "id"})]


def test_each_placeholder_is_filled_once() -> None:
    users = GROUPS | {"name": "users", "get": "/api/v2/users"}
    found = endpoint(SHOW_MEMBER | {"parents": ["groups", "users"]}, GROUPS, users)
    assert [parent.fields for parent in found.parents] == [{"group_id": "id"}, {"member_id": "id"}]


def test_own_fields_are_kept() -> None:
    own = {"stream": "groups", "fields": {"group_id": "key"}}
    assert endpoint(MEMBERS | {"parents": own}, GROUPS).parents == [replace(MAPPED, fields={"group_id": "key"})]


@pytest.mark.parametrize(
    ("unless", "merged"),
    [({}, {"deleted": True}), ({"count": 0}, {"deleted": True, "count": 0}), ({"deleted": "any"}, {"deleted": "any"})],
)
def test_conditions_of_the_parent_stream_apply_too(unless: Content, merged: Content) -> None:
    groups = GROUPS | {"no_children_if": {"deleted": True}}
    found = endpoint(MEMBERS | {"parents": {"stream": "groups", "unless": unless}}, groups)
    assert found.parents == [replace(MAPPED, unless=merged)]


def test_fixed_values_have_no_stream_and_no_conditions() -> None:
    values = {"values": ["a", "b"], "fields": {"group_id": "group_id"}}
    assert endpoint(MEMBERS | {"parents": values}).parents == [ParentRef.from_entry(values)]


@pytest.mark.parametrize(
    ("parent_is_per_brand", "parents"),
    [
        (True, [replace(MAPPED, fields={"group_id": "id", "brand_id": "brand_id"})]),
        (False, [MAPPED, HELP_CENTERS]),
    ],
)
def test_a_stream_per_brand_reads_the_brand_of_its_parent_or_all(
    parent_is_per_brand: bool,  # noqa: FBT001
    parents: list[ParentRef],
) -> None:
    groups = GROUPS | {"per_brand": parent_is_per_brand}
    assert endpoint(MEMBERS | {"per_brand": True}, BRANDS, groups).parents == parents


def test_a_stream_per_brand_without_parents_reads_all_help_centers() -> None:
    assert endpoint(GROUPS | {"per_brand": True}, BRANDS).parents == [HELP_CENTERS]


def test_an_unknown_parent_stream_is_refused() -> None:
    with pytest.raises(ManifestError, match="members: its parent grups is not a stream"):
        build(GROUPS, MEMBERS | {"parents": "grups"})
