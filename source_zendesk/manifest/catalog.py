"""The streams of the catalog that `discover` returns."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import AirbyteStream, SyncMode

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion
from source_zendesk.manifest.record_schema import UNDECLARED_PROPERTY


def available_endpoints(manifest: Manifest, config: Mapping[str, Any]) -> list[Endpoint]:
    """The endpoints that a sync can read: those without arguments, and those that `inputs` or `actions` name.

    A sync reads them whether or not `discover` offers them.
    """
    named = {item["stream"] for item in config["inputs"] + config["actions"]}
    return [
        endpoint
        for endpoint in manifest.endpoints.values()
        if endpoint.kind in ("read", "sideload") or endpoint.name in named
    ]


def offered_endpoints(manifest: Manifest, config: Mapping[str, Any]) -> list[Endpoint]:
    """The endpoints that `discover` offers: the available ones without the exclusions of the recommended catalog.

    Endpoints that the configuration names are always offered.
    """
    available = available_endpoints(manifest, config)
    if config["catalog"] == "complete":
        return available
    named = {item["stream"] for item in config["inputs"] + config["actions"] + config["sideloads"]}
    return [
        endpoint for endpoint in available if endpoint.name in named or not find_exclusion(endpoint, manifest.endpoints)
    ]


SIDELOADS = {
    "sideloads": {
        "type": ["null", "object"],
        "additionalProperties": True,
        "description": "The sideloaded objects of the record, by the name of the sideload.",
    }
}
"""The property of records of a stream with `sideloads` in the configuration."""


def configured_properties(config: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """The properties that the configuration adds to the records of a stream; records of actions are responses."""
    sideloads = SIDELOADS if endpoint.name in {item["stream"] for item in config["sideloads"]} else {}
    collects = config["unknown_fields"] == "collect" and endpoint.kind != "action"
    return {**sideloads, **(UNDECLARED_PROPERTY if collects else {})}


def with_properties(schema: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with the properties `added`."""
    return {**schema, "properties": {**schema["properties"], **added}}


def describe_stream(manifest: Manifest, endpoint: Endpoint, added: Mapping[str, Any]) -> AirbyteStream:
    """A stream of the catalog, with the properties `added` in its schema."""
    schema = with_properties(manifest.record_schema(endpoint), added)
    stream = AirbyteStream(
        name=endpoint.name,
        json_schema=schema,
        supported_sync_modes=[SyncMode.full_refresh],
        is_resumable=True,
    )
    if endpoint.kind == "action":
        # Platforms keep the state, which lists the sent actions, only in incremental mode.
        stream.supported_sync_modes = [SyncMode.incremental]
        stream.source_defined_cursor = True
    if endpoint.primary_key:
        stream.source_defined_primary_key = [[field] for field in endpoint.primary_key]
    if endpoint.cursor_field:
        stream.supported_sync_modes.append(SyncMode.incremental)
        stream.source_defined_cursor = True
        stream.default_cursor_field = [endpoint.cursor_field]
    return stream
