"""Converts catalogs between Airbyte and Singer.

https://github.com/singer-io/getting-started/blob/master/docs/DISCOVERY_MODE.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
FULL_TABLE, INCREMENTAL = "FULL_TABLE", "INCREMENTAL"


def singer_catalog(streams: Iterable[Json]) -> dict[str, Any]:
    """The Singer catalog of discovered streams, all selected by default."""
    return {"streams": [_singer_entry(stream) for stream in streams]}


def _singer_entry(stream: Json) -> dict[str, Any]:
    key = [name for (name,) in stream.get("source_defined_primary_key") or []]
    cursor = [name for name in stream.get("default_cursor_field") or [] if name]
    method = INCREMENTAL if "incremental" in stream["supported_sync_modes"] else FULL_TABLE
    root = {
        "inclusion": "available",
        "selected-by-default": True,
        "table-key-properties": key,
        "valid-replication-keys": cursor,
    }
    fields = [
        {
            "breadcrumb": ["properties", name],
            "metadata": {"inclusion": "automatic" if name in (*key, *cursor) else "available"},
        }
        for name in stream["json_schema"]["properties"]
    ]
    return {
        "tap_stream_id": stream["name"],
        "stream": stream["name"],
        "schema": stream["json_schema"],
        "key_properties": key,
        "replication_method": method,
        **({"replication_key": cursor[0]} if cursor else {}),
        "metadata": [{"breadcrumb": [], "metadata": root}, *fields],
    }


@dataclass(frozen=True)
class SelectedStream:
    """A selected stream of a Singer catalog; `schema` has all fields, `deselected` are the top-level ones to drop."""

    name: str
    schema: Json
    key: list[str]
    cursor: list[str]
    is_incremental: bool
    deselected: frozenset[str]

    @property
    def selected_schema(self) -> dict[str, Any]:
        """The schema of the emitted records."""
        properties = self.schema.get("properties", {}).items()
        return {**self.schema, "properties": {name: node for name, node in properties if name not in self.deselected}}

    def configured(self) -> dict[str, Any]:
        """The stream in a configured catalog of Airbyte."""
        modes = ["full_refresh", *(["incremental"] if self.is_incremental else [])]
        stream = {
            "name": self.name,
            "json_schema": self.schema,
            "supported_sync_modes": modes,
            "source_defined_primary_key": [[name] for name in self.key],
        }
        return {"stream": stream, "sync_mode": modes[-1], "destination_sync_mode": "append"}


def selected_streams(catalog: Json) -> list[SelectedStream]:
    """The selected streams, in the order of the catalog."""
    return [stream for entry in catalog["streams"] if (stream := _selected_stream(entry))]


def _selected_stream(entry: Json) -> SelectedStream | None:
    metadata = {tuple(item["breadcrumb"]): item["metadata"] for item in entry.get("metadata", [])}
    root = metadata.get((), {})
    if not root.get("selected", entry.get("selected", root.get("selected-by-default", False))):
        return None
    method = root.get("replication-method") or entry.get("replication_method") or FULL_TABLE
    cursor = entry.get("replication_key")
    return SelectedStream(
        entry["tap_stream_id"],
        entry["schema"],
        entry.get("key_properties") or root.get("table-key-properties") or [],
        [cursor] if cursor else [],
        method != FULL_TABLE,
        frozenset(
            path[1]
            for path, field in metadata.items()
            if len(path) == 2 and field.get("inclusion") != "automatic" and field.get("selected") is False
        ),
    )
