"""The complete manifest of one stream, which the CDK's own source can read."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

from source_zendesk.manifest.endpoint import PARAMETER_KEYS, Endpoint
from source_zendesk.manifest.loader import Manifest
from source_zendesk.manifest.parent_ref import ParentRef

PARENT_ROUTER = {"type": "CustomPartitionRouter", "class_name": "source_zendesk.extract.parent_router.ParentRouter"}
Definition = dict[str, Any]


def standalone_manifest(manifest: Manifest, name: str) -> Definition:
    """The manifest of a stream without references; a substream contains the definitions of its parents."""
    resolved = ManifestReferenceResolver().preprocess_manifest(manifest.subset([name]))
    definitions = {stream["$parameters"]["name"]: stream for stream in resolved["streams"]}
    retriever = _retriever(manifest, manifest.endpoints[name], definitions)
    return {
        "version": resolved["version"],
        "type": resolved["type"],
        "check": {**resolved["check"], "stream_names": [name]},
        "streams": [{**definitions[name], "retriever": retriever}],
    }


def _retriever(manifest: Manifest, endpoint: Endpoint, definitions: Mapping[str, Definition]) -> Definition:
    retriever: Definition = definitions[endpoint.name]["retriever"]
    if endpoint.options.sideload:
        retriever = {**retriever, "query": {**retriever.get("query", {}), "include": endpoint.options.sideload}}
    if not endpoint.parents:
        return retriever
    retrievers = [_parent_retriever(manifest, parent, definitions) for parent in endpoint.parents if parent.stream]
    router = {**PARENT_ROUTER, "parents": [_set_keys(parent) for parent in endpoint.parents], "retrievers": retrievers}
    return {**retriever, "partition_router": router}


def _parent_retriever(manifest: Manifest, parent: ParentRef, definitions: Mapping[str, Definition]) -> Definition:
    """The retriever of a parent, with every parameter, since it would inherit missing ones from its child."""
    endpoint = manifest.endpoints[parent.stream]
    retriever = _retriever(manifest, endpoint, definitions)
    parameters = {key: getattr(endpoint.options, key) for key in PARAMETER_KEYS}
    return {
        **retriever,
        "query": {**retriever.get("query", {}), **parent.query},
        "$parameters": {"record_key": "", **parameters, **definitions[endpoint.name]["$parameters"]},
    }


def _set_keys(parent: ParentRef) -> Definition:
    return {each.name: value for each in fields(parent) if (value := getattr(parent, each.name))}
