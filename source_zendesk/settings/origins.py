"""What tells the parents of one read from those of another."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.manifest import Entry


def origin(entry: Entry, entries: Mapping[str, Entry], arguments: Mapping[str, Any]) -> str:
    """The same short text as long as a stream's parents come from the same streams, values and `inputs`."""
    told = json.dumps(_parents(entry, entries, arguments), sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _parents(entry: Entry, entries: Mapping[str, Entry], arguments: Mapping[str, Any]) -> Any:
    if entry.name in arguments:
        return {"inputs": arguments[entry.name]}
    return [_parent(parent, entries, arguments) for parent in entry.parents]


def _parent(parent: Mapping[str, Any], entries: Mapping[str, Entry], arguments: Mapping[str, Any]) -> Any:
    if "stream" not in parent:
        return parent["values"]
    source = {parent["stream"]: _parents(entries[parent["stream"]], entries, arguments)}
    return {**source, **{name: parent[name] for name in ("values", "query") if name in parent}}
