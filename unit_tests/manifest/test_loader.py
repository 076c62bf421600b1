"""The loader combines traits, families, products and entries, and selects the definitions of a sync."""

import pytest

from source_zendesk.errors import ManifestError
from unit_tests.manifest.small_manifest import BRANDS, GROUPS, MEMBERS, Content, build, endpoint


def test_a_later_value_replaces_an_earlier_one() -> None:
    talk = {"defaults": {"plan": "Talk", "role": "admins"}, "streams": [GROUPS | {"plan": "Suite"}]}
    options = build(talk=talk).endpoints["groups"].options
    assert (options.plan, options.role, options.primary_key) == ("Suite", "admins", ["id"])


def test_the_defaults_of_a_product_do_not_apply_to_other_entries() -> None:
    manifest = build(GROUPS, talk={"defaults": {"plan": "Talk"}, "streams": [BRANDS]})
    assert [each.options.plan for each in manifest.endpoints.values()] == ["", "Talk"]
    assert [each.product for each in manifest.endpoints.values()] == ["support", "talk"]


def test_an_unknown_key_of_a_product_is_rejected() -> None:
    with pytest.raises(ManifestError, match=r"^talk: a product has no default, only account, defaults, streams$"):
        build(GROUPS, talk={"default": {"plan": "Talk"}, "streams": [BRANDS]})


@pytest.mark.parametrize(
    ("own", "query"),
    [
        ({}, {"sort": "id", "all": "true"}),
        ({"query": {"sort": "name"}}, {"sort": "name", "all": "true"}),
        ({"family": "page", "query": {"a": "b"}}, {"a": "b"}),
        ({"family": "page", "query": {"a": "b"}, "traits": "paged"}, {"sort": "id", "a": "b"}),
    ],
)
def test_queries_are_merged(own: Content, query: Content) -> None:
    assert endpoint(GROUPS | own).options.query == query


@pytest.mark.parametrize("traits", ["paged", ["paged"]])
def test_an_entry_adds_traits_to_its_family(traits: object) -> None:
    options = endpoint(GROUPS | {"family": "page", "traits": traits}).options
    assert (options.paginator, options.primary_key) == ("$pages", ["id"])


def test_a_required_key_can_come_from_any_later_layer() -> None:
    entry = {name: value for name, value in GROUPS.items() if name != "schema"}
    with pytest.raises(ManifestError, match="groups: family list needs schema"):
        build(entry)
    manifest = build(own={"defaults": {"schema": "group"}, "streams": [entry]})
    assert manifest.endpoints["groups"].schema == "group"


def test_a_trait_of_an_entry_can_require_a_key() -> None:
    with pytest.raises(ManifestError, match="groups: family list needs parents"):
        build(GROUPS | {"traits": "children"})


def test_an_error_names_the_duplicates_only() -> None:
    with pytest.raises(ManifestError, match=r"^groups: the name of several streams$"):
        build(GROUPS, BRANDS, GROUPS)


def test_a_subset_has_the_parents_and_only_the_referenced_definitions() -> None:
    content = build(GROUPS, MEMBERS, BRANDS).subset(["members"])
    assert [stream["$parameters"]["name"] for stream in content["streams"]] == ["groups", "members"]
    assert content["definitions"].keys() == {"reader", "requester", "pages", "base_pages"}
    assert content["type"] == "DeclarativeSource"


def test_parents_of_parents_are_selected() -> None:
    shares = {
        "name": "shares", "get": "/api/v2/groups/{group_id}/members/{id}/shares", "family": "child", "schema": "user",
        "parents": "members",
    }  # fmt: skip
    assert build(GROUPS, MEMBERS, shares, BRANDS).with_parents(["shares"]) == {"shares", "members", "groups"}


def test_unknown_streams_select_nothing() -> None:
    assert build(GROUPS).with_parents(["gruops"]) == set()


def test_further_endpoints_leave_the_manifest_as_it_is() -> None:
    manifest = build(GROUPS)
    extended = manifest.with_endpoints([endpoint(BRANDS)])
    assert (list(extended.endpoints), list(manifest.endpoints)) == (["groups", "brands"], ["groups"])
