"""The streams of the catalog that `discover` returns."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import AirbyteStream, SyncMode

from source_zendesk.manifest import Endpoint, Manifest

SIDELOADS = {
    "sideloads": {
        "type": ["null", "object"],
        "additionalProperties": True,
        "description": "The sideloaded objects of the record, by the name of the sideload.",
    }
}
"""The property of records of a stream with `sideloads` in the configuration."""


def with_properties(schema: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with the properties `added`."""
    return {**schema, "properties": {**schema["properties"], **added}}


def sync_modes(endpoint: Endpoint) -> list[SyncMode]:
    """The supported sync modes, the preferred one last."""
    if endpoint.kind == "action":
        # Platforms keep the state, which lists the sent actions, only in incremental mode.
        return [SyncMode.incremental]
    return [SyncMode.full_refresh, *([SyncMode.incremental] if endpoint.cursor_field else [])]


def describe_stream(manifest: Manifest, endpoint: Endpoint, added: Mapping[str, Any]) -> AirbyteStream:
    """A stream of the catalog, with the properties `added` in its schema."""
    schema = with_properties(manifest.record_schema(endpoint), added)
    stream = AirbyteStream(
        name=endpoint.name,
        json_schema=schema,
        supported_sync_modes=sync_modes(endpoint),
        is_resumable=True,
    )
    if endpoint.has_files:
        stream.is_file_based = True
    if endpoint.kind == "action":
        stream.source_defined_cursor = True
    if endpoint.primary_key:
        stream.source_defined_primary_key = [[field] for field in endpoint.primary_key]
    if endpoint.cursor_field:
        stream.source_defined_cursor = True
        stream.default_cursor_field = [endpoint.cursor_field]
    return stream
