"""The complete manifest of one stream contains its parents, unchanged."""

from typing import Any

import pytest
from airbyte_cdk.sources.declarative.parsers.manifest_component_transformer import ManifestComponentTransformer

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.standalone import standalone_manifest

MANIFEST = Manifest.load()
SUBSTREAMS = {endpoint.family: endpoint for endpoint in MANIFEST.endpoints.values() if endpoint.parents}.values()


def propagated_retriever(endpoint: Endpoint) -> dict[str, Any]:
    """The retriever of a stream with the parameters that it receives from the CDK."""
    definition = standalone_manifest(MANIFEST, endpoint.name)["streams"][0]
    retriever: dict[str, Any] = ManifestComponentTransformer().propagate_types_and_parameters("", definition, {})
    return dict(retriever["retriever"])


def set_fields(part: Any) -> Any:
    """A component without unset fields and without its parameters, of which each component selects its own."""
    if isinstance(part, dict):
        return {name: set_fields(value) for name, value in part.items() if value and name != "$parameters"}
    return [set_fields(item) for item in part] if isinstance(part, list) else part


@pytest.mark.parametrize("endpoint", SUBSTREAMS, ids=lambda endpoint: endpoint.family)
def test_a_parent_inherits_no_parameter_of_its_child(endpoint: Endpoint) -> None:
    router = propagated_retriever(endpoint)["partition_router"]
    parents = [parent for parent in endpoint.parents if parent.stream]
    assert [parent.get("stream", "") for parent in router["parents"]] == [parent.stream for parent in endpoint.parents]
    for parent, retriever in zip(parents, router["retrievers"], strict=True):
        own = propagated_retriever(MANIFEST.endpoints[parent.stream])
        assert set_fields({**retriever, "query": {}}) == set_fields({**own, "query": {}})
