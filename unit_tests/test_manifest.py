"""The manifest complies with every rule and is valid for the CDK."""

import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.manifest_migrations.migration_handler import ManifestMigrationHandler
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.concurrent_declarative_source import get_declarative_component_schema
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from airbyte_cdk.sources.declarative.requesters.paginators.strategies.pagination_strategy import PaginationStrategy
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.declarative.schema import SchemaLoader
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy, ErrorHandler
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

import source_zendesk
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.resources import manifest_path
from source_zendesk.manifest.standalone import standalone_manifest
from unit_tests.manifest_rules import RULES

MANIFEST = Manifest.load()
FAMILY_NAMES = sorted({entry.family for entry in MANIFEST.endpoints.values()})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_manifest_complies_with_the_rule(rule: Callable[[Manifest], Iterator[str]]) -> None:
    assert list(rule(MANIFEST)) == []


def test_the_manifest_is_valid_for_the_cdk() -> None:
    resolved = ManifestReferenceResolver().preprocess_manifest(MANIFEST.subset(MANIFEST.endpoints))
    propagated = ManifestComponentTransformer().propagate_types_and_parameters("", resolved, {})
    schema = get_declarative_component_schema()
    errors = validator_for(schema, default=Draft7Validator)(schema).iter_errors(propagated)
    assert [f"{list(error.absolute_path)}: {error.message[:200]}" for error in errors] == []


def test_the_cdk_migrates_nothing() -> None:
    resolved = dict(ManifestReferenceResolver().preprocess_manifest(MANIFEST.subset(MANIFEST.endpoints)))
    assert ManifestMigrationHandler(dict(resolved)).apply_migrations()["version"] == resolved["version"]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_comment_of_every_family_links_to_its_documentation(family: str) -> None:
    text = manifest_path().read_text()
    comment = re.search(rf"((?:^  #.*\n)+)^  {re.escape(family)}: ", text, re.MULTILINE)
    assert comment
    assert "https://developer.zendesk.com/" in comment[1]


def test_the_code_uses_every_table_of_the_manifest() -> None:
    tables = [
        name for name, part in MANIFEST.content["definitions"].items() if not {"type", "class_name", "$ref"} & set(part)
    ]
    code = "".join(path.read_text() for path in Path(source_zendesk.__file__).parent.rglob("*.py"))
    assert [name for name in tables if f'"{name}"' not in code] == []


def test_the_main_streams_use_incremental_exports() -> None:
    paths = {name: MANIFEST.endpoints[name].path for name in ("tickets", "users", "organizations")}
    assert paths == {
        "tickets": "/api/v2/incremental/tickets/cursor",
        "users": "/api/v2/incremental/users/cursor",
        "organizations": "/api/v2/incremental/organizations",
    }


def test_check_reads_a_stream_of_the_default_catalog() -> None:
    (name,) = MANIFEST.content["check"]["stream_names"]
    assert MANIFEST.endpoints[name].kind == "read"


def test_a_subset_contains_the_streams_and_their_parents() -> None:
    names = [stream["$parameters"]["name"] for stream in MANIFEST.subset(["show_ticket_audit"])["streams"]]
    assert sorted(names) == ["list_audits_for_ticket", "show_ticket_audit", "tickets"]


def test_a_resolved_stream_has_no_references() -> None:
    (tags,) = standalone_manifest(MANIFEST, "tags")["streams"]
    assert tags["retriever"]["requester"]["http_method"] == "GET"
    assert tags["retriever"]["paginator"]["page_size"] == 100
    assert "$ref" not in str(tags)


INTERFACES = {
    "CustomAuthenticator": DeclarativeAuthenticator,
    "CustomBackoffStrategy": BackoffStrategy,
    "CustomErrorHandler": ErrorHandler,
    "CustomPaginationStrategy": PaginationStrategy,
    "CustomRecordExtractor": RecordExtractor,
    "CustomRequester": Requester,
    "CustomRetriever": Retriever,
    "CustomSchemaLoader": SchemaLoader,
}


def test_a_component_of_a_custom_type_has_the_interface_of_the_cdk() -> None:
    resolved = ManifestReferenceResolver().preprocess_manifest({"definitions": MANIFEST.content["definitions"]})
    components = {
        (part["type"], part["class_name"]) for part in _parts(resolved) if {"type", "class_name"} <= set(part)
    }
    assert {kind for kind, _ in components} == set(INTERFACES)
    assert [name for kind, name in components if not _implements(pkgutil.resolve_name(name), INTERFACES[kind])] == []


def _parts(content: Any) -> Iterator[dict[str, Any]]:
    """All objects of a JSON value, nested ones included."""
    if isinstance(content, dict):
        yield content
    for item in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from _parts(item)


def _implements(component: type, interface: type) -> bool:
    lacks = any(getattr(getattr(component, name, None), "__isabstractmethod__", False) for name in dir(interface))
    return issubclass(component, interface) and not lacks
