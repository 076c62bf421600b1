"""A fingerprint of the sources of a stream's parents."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.manifest import Endpoint, ParentRef


def parents_fingerprint(endpoint: Endpoint, endpoints: Mapping[str, Endpoint], parameters: Mapping[str, Any]) -> str:
    """A short hash that changes if a stream's parents come from other streams, values or `inputs`."""
    text = json.dumps(_parents(endpoint, endpoints, parameters), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _parents(endpoint: Endpoint, endpoints: Mapping[str, Endpoint], parameters: Mapping[str, Any]) -> Any:
    if endpoint.name in parameters:
        return {"inputs": parameters[endpoint.name]}
    return [_parent(parent, endpoints, parameters) for parent in endpoint.parents]


def _parent(parent: ParentRef, endpoints: Mapping[str, Endpoint], parameters: Mapping[str, Any]) -> Any:
    if not parent.stream:
        return parent.values
    source = {parent.stream: _parents(endpoints[parent.stream], endpoints, parameters)}
    selection = {"values": parent.values, "query": parent.query}
    return {**source, **{name: value for name, value in selection.items() if value}}
