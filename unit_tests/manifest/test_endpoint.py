"""An endpoint derives values from its entry, and a definition for the CDK."""

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import Key, keys_of
from source_zendesk.manifest.endpoint import PARAMETER_KEYS, RETRIEVER_KEYS
from source_zendesk.manifest.entry_options import EntryOptions
from unit_tests.manifest.small_manifest import GROUPS, MEMBERS, Content, build, endpoint

SEARCH = {"name": "search", "post": "/api/v2/search", "family": "input", "schema": "search_result"}


@pytest.mark.parametrize(
    ("own", "key"),
    [
        ({}, "groups"),
        ({"get": "/api/v2/groups/{group_id}"}, "groups"),
        ({"record_key": "{schema}"}, "group"),
        ({"record_key": "a.b"}, "a.b"),
        ({"record_key": ""}, ""),
    ],
)
def test_the_record_key_comes_from_the_path_or_the_schema(own: Content, key: str) -> None:
    assert endpoint(GROUPS | own).record_key == key


@pytest.mark.parametrize(
    ("own", "field"), [({}, "updated_at"), ({"cursor_field": "time"}, "time"), ({"item_field": "tag"}, "")]
)
def test_bare_values_have_no_cursor_field(own: Content, field: str) -> None:
    assert endpoint(GROUPS | own).cursor_field == field


@pytest.mark.parametrize(("own", "mode"), [({}, "follows_parent"), ({"cursor_field": ""}, "none")])
def test_a_stream_without_a_cursor_field_is_not_incremental(own: Content, mode: str) -> None:
    assert endpoint(MEMBERS | own, GROUPS).incremental == mode


@pytest.mark.parametrize(
    ("own", "kind"), [({}, "read"), ({"sideload": "users"}, "sideload"), ({"family": "input"}, "input")]
)
def test_a_stream_with_a_sideload_is_of_that_kind(own: Content, kind: str) -> None:
    assert endpoint(GROUPS | own).kind == kind


def test_required_parameters_are_those_of_parents_path_and_entry_once() -> None:
    parents = {"stream": "groups", "fields": {"ids": "id"}, "batch": 100}
    entry = MEMBERS | {"parents": parents, "required_params": ["query|name", "ids"]}
    assert endpoint(entry, GROUPS).required_params == ["ids", "group_id", "query|name"]


def test_an_alternative_replaces_the_field_of_a_parent() -> None:
    parents = {"stream": "groups", "fields": {"ids": "id"}, "batch": 100}
    entry = MEMBERS | {"parents": parents, "required_params": ["ids|keys"]}
    assert endpoint(entry, GROUPS).required_params == ["group_id", "ids|keys"]


@pytest.mark.parametrize(
    ("entry", "takes_body"),
    [(SEARCH, True), ({**SEARCH, "post": ..., "get": "/api/v2/search"}, False), (SEARCH | {"family": "action"}, False)],
)
def test_an_input_that_is_a_post_sends_its_parameters_in_the_body(entry: Content, takes_body: bool) -> None:  # noqa: FBT001
    found = endpoint({name: value for name, value in entry.items() if value is not ...})
    assert found.takes_body is takes_body
    assert ("body_parameters" in str(found.definition({}))) is takes_body


def test_a_definition_has_references_and_the_set_options() -> None:
    entry = GROUPS | {"redacted": ["token"], "per_brand": True, "plan": "Suite"}
    brands = {"name": "brands", "get": "/api/v2/brands", "family": "page", "schema": "brand"}
    assert endpoint(entry, brands).definition({"group_id": "integer"}) == {
        "type": "DeclarativeStream",
        "schema_loader": "",
        "retriever": {
            "$ref": "#/definitions/reader",
            "requester": {"$ref": "#/definitions/requester", "http_method": "GET"},
            "paginator": {"$ref": "#/definitions/pages"},
            "query": {"sort": "id", "all": "true"},
            "per_brand": True,
        },
        "$parameters": {
            "name": "groups",
            "endpoint": "/api/v2/groups",
            "product": "support",
            "path_param_types": {"group_id": "integer"},
            "record_key": "groups",
            "primary_key": ["id"],
            "cursor_field": "updated_at",
            "schema": "group",
            "redacted": ["token"],
        },
    }


def test_every_key_of_a_definition_is_an_option() -> None:
    assert {*RETRIEVER_KEYS, *PARAMETER_KEYS} <= {key.name for key in keys_of(EntryOptions)}


@pytest.mark.parametrize("key", keys_of(EntryOptions), ids=lambda key: key.name)
def test_a_key_documents_itself(key: Key) -> None:
    assert key.meaning[0].islower() or key.meaning[0] == "`"
    assert not key.meaning.endswith(".")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"role": ["admins"]}, "groups: role must be a text, got "),
        ({"query": "a=b"}, "groups: query must be a mapping, got 'a=b'"),
        ({"is_history": "yes"}, "groups: is_history must be true or false, got 'yes'"),
        ({"primary_key": None}, "groups: primary_key must be a list, got None"),
        ({"family": "action", "max_items": True}, "groups: max_items must be a number, got True"),
        ({"file_field": "file"}, "groups: a stream of kind read has no file_field"),
        ({"family": "action", "cursor_field": "time"}, "groups: a stream of kind action has no cursor_field"),
    ],
)
def test_a_key_has_one_type_and_belongs_to_some_kinds(own: Content, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        build(GROUPS | own)
