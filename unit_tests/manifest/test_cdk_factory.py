"""The CDK's own factory and the definitions of the manifest."""

from collections.abc import Mapping
from typing import Any, get_type_hints

import pytest
from airbyte_cdk.sources.declarative.models.declarative_component_schema import (
    CustomRetriever,
    DeclarativeStream,
    SimpleRetriever,
)
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from requests_mock import Mocker

from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.standalone import standalone_manifest
from source_zendesk.writes.action_retriever import ActionRetriever
from unit_tests.account import ACCOUNT

# Arguments with the meaning that the retrievers give them.
SHARED = {"name", "primary_key", "partition_router"}


class RecordingFactory(ModelToComponentFactory):
    """Builds no retriever, but records its arguments, which replace fields of the same name in the definition."""

    arguments: frozenset[str] = frozenset()

    def create_custom_component(self, model: Any, config: Mapping[str, Any], **kwargs: Any) -> Any:
        if isinstance(model, CustomRetriever):
            self.arguments = frozenset(kwargs)
            return None
        return super().create_custom_component(model, config, **kwargs)


@pytest.mark.parametrize(("stream", "retriever"), [("groups", PageRetriever), ("create_group", ActionRetriever)])
def test_the_factory_replaces_no_field_of_a_retriever(stream: str, retriever: type) -> None:
    (definition,) = standalone_manifest(Manifest.load(), stream)["streams"]
    component = ManifestComponentTransformer().propagate_types_and_parameters("", definition, {})
    factory = RecordingFactory()
    factory.create_component(DeclarativeStream, component, {})
    assert factory.arguments & get_type_hints(retriever).keys() <= SHARED


def test_the_retriever_of_the_cdk_runs_a_paginator_and_an_extractor(requests_mock: Mocker) -> None:
    pages: dict[str, dict[str, Any]] = {
        "page[size]=100": {"groups": [{"id": 1}], "meta": {"has_more": True, "after_cursor": "abc"}},
        "page[size]=100&page[after]=abc": {"groups": [{"id": 2}], "meta": {"has_more": False}},
    }
    for query, page in pages.items():
        requests_mock.get(f"{ACCOUNT}/api/v2/groups?{query}", json=page, complete_qs=True)
    (groups,) = standalone_manifest(Manifest.load(), "groups")["streams"]
    parts = groups["retriever"]
    definition = {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url": f"{ACCOUNT}/api/v2/groups",
            "request_parameters": "{{ next_page_token.next_page_token }}",
        },
        "paginator": {"type": "DefaultPaginator", "pagination_strategy": parts["paginator"]},
        "record_selector": {"type": "RecordSelector", "extractor": parts["extractor"]},
        "$parameters": groups["$parameters"],
    }
    component = ManifestComponentTransformer().propagate_types_and_parameters("", definition, {})
    arguments = dict.fromkeys(["primary_key", "stream_slicer", "request_options_provider", "transformations"])
    retriever = ModelToComponentFactory().create_component(SimpleRetriever, component, {}, name="groups", **arguments)
    assert [record.data for record in retriever.read_records({})] == [{"id": 1}, {"id": 2}]
