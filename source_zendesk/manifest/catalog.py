"""What `discover` tells of each stream."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import AirbyteStream, SyncMode

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion
from source_zendesk.manifest.record_schema import UNDECLARED_PROPERTY


def available_endpoints(manifest: Manifest, config: Mapping[str, Any]) -> list[Endpoint]:
    """What can be read: entries that need nothing from the user, and those of the others that the configuration names.

    All of them are read where a connection has them, whichever catalog it was made from.
    """
    named = {item["stream"] for item in config["inputs"] + config["actions"]}
    return [
        endpoint
        for endpoint in manifest.endpoints.values()
        if endpoint.kind in ("read", "sideload") or endpoint.name in named
    ]


def offered_endpoints(manifest: Manifest, config: Mapping[str, Any]) -> list[Endpoint]:
    """What `discover` tells of: the available entries, without those that the recommended catalog leaves out.

    What the configuration names is wanted, and offered in any case.
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
        "description": "The side-loaded objects that the record refers to, by what was included.",
    }
}
"""The property of records whose side-loads the configuration names."""


def configured_properties(config: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """The properties that the configuration adds to the records of a stream; those of actions are answers."""
    sideloads = SIDELOADS if endpoint.name in {item["stream"] for item in config["sideloads"]} else {}
    collects = config["unknown_fields"] == "collect" and endpoint.kind != "action"
    return {**sideloads, **(UNDECLARED_PROPERTY if collects else {})}


def with_properties(schema: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of records to which the configuration has the properties `added`."""
    return {**schema, "properties": {**schema["properties"], **added}}


def describe_stream(manifest: Manifest, endpoint: Endpoint, added: Mapping[str, Any]) -> AirbyteStream:
    """One stream of the catalog; the configuration has the properties `added` to its records."""
    schema = with_properties(manifest.record_schema(endpoint), added)
    stream = AirbyteStream(
        name=endpoint.name,
        json_schema=schema,
        supported_sync_modes=[SyncMode.full_refresh],
        is_resumable=True,
    )
    if endpoint.kind == "action":
        # Only the incremental mode keeps its state from one sync to the next, and with it what was sent.
        stream.supported_sync_modes = [SyncMode.incremental]
        stream.source_defined_cursor = True
    if endpoint.primary_key:
        stream.source_defined_primary_key = [[field] for field in endpoint.primary_key]
    if endpoint.cursor_field:
        stream.supported_sync_modes.append(SyncMode.incremental)
        stream.source_defined_cursor = True
        stream.default_cursor_field = [endpoint.cursor_field]
    return stream
