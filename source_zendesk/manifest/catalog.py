"""What `discover` tells of each stream."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import AirbyteStream, SyncMode

from source_zendesk.manifest import Entry, Manifest
from source_zendesk.manifest.recommended import left_out


def available_entries(manifest: Manifest, config: Mapping[str, Any]) -> list[Entry]:
    """What can be read: entries that need nothing from the user, and those of the others that the configuration names.

    All of them are read where a connection has them, whichever catalog it was made from.
    """
    named = {item["stream"] for item in config["inputs"] + config["actions"]}
    return [entry for entry in manifest.entries.values() if entry.kind in ("read", "sideload") or entry.name in named]


def offered_entries(manifest: Manifest, config: Mapping[str, Any]) -> list[Entry]:
    """What `discover` tells of: the available entries, without those that the recommended catalog leaves out.

    What the configuration names is wanted, and offered in any case.
    """
    available = available_entries(manifest, config)
    if config["catalog"] == "complete":
        return available
    named = {item["stream"] for item in config["inputs"] + config["actions"] + config["sideloads"]}
    return [entry for entry in available if entry.name in named or not left_out(entry, manifest.entries)]


SIDELOADS = {
    "type": ["null", "object"],
    "additionalProperties": True,
    "description": "The side-loaded objects that the record refers to, by what was included.",
}


def described(manifest: Manifest, entry: Entry, *, sideloads: bool) -> AirbyteStream:
    """One stream of the catalog; with `sideloads`, its records have a field of that name."""
    schema = manifest.schema_of(entry)
    if sideloads:
        schema = {**schema, "properties": {**schema["properties"], "sideloads": SIDELOADS}}
    stream = AirbyteStream(
        name=entry.name,
        json_schema=schema,
        supported_sync_modes=[SyncMode.full_refresh],
        is_resumable=True,
    )
    if entry.kind == "action":
        # Only the incremental mode keeps its state from one sync to the next, and with it what was sent.
        stream.supported_sync_modes = [SyncMode.incremental]
        stream.source_defined_cursor = True
    if entry.primary_key:
        stream.source_defined_primary_key = [[field] for field in entry.primary_key]
    if entry.cursor_field:
        stream.supported_sync_modes.append(SyncMode.incremental)
        stream.source_defined_cursor = True
        stream.default_cursor_field = [entry.cursor_field]
    return stream
