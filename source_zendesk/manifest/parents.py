"""Expands the short form of `parents` in the manifest."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from source_zendesk.errors import ManifestError

if TYPE_CHECKING:
    from source_zendesk.manifest.endpoint import Endpoint

ParentDefinition = dict[str, Any]
BRAND = "brand_id"


def complete_parents(
    endpoint: "Endpoint", endpoints: Mapping[str, "Endpoint"], help_centers: ParentDefinition
) -> list[ParentDefinition]:
    """The parents with `fields`, a mapping from placeholder or query parameter to a field of the parent's records.

    A string names a parent stream. A placeholder that is also in the path of the parent is filled by the field of the
    same name, the remaining one by `id`. `no_children_if` of the parent is added to `unless`. A stream per brand is
    requested for the brands of its parents' records, or otherwise for all `help_centers`.
    """
    parents = endpoint.options.get("parents") or []
    completed: list[ParentDefinition] = []
    for parent in parents if isinstance(parents, list) else [parents]:
        definition = {"stream": parent} if isinstance(parent, str) else dict(parent)
        completed.append(_complete(endpoint, definition, completed, endpoints))
    if endpoint.is_per_brand and not any(BRAND in parent["fields"] for parent in completed):
        completed.append(help_centers)
    return completed


def _complete(
    endpoint: "Endpoint",
    parent: ParentDefinition,
    earlier: Iterable[ParentDefinition],
    endpoints: Mapping[str, "Endpoint"],
) -> ParentDefinition:
    if "stream" not in parent:
        return parent
    stream = endpoints.get(parent["stream"])
    if stream is None:
        raise ManifestError(f"{endpoint.name}: its parent {parent['stream']} is not a stream")
    taken = {name for other in earlier for name in other["fields"]}
    parent.setdefault("fields", _map_fields(endpoint, stream, taken))
    if endpoint.is_per_brand and stream.is_per_brand:
        parent["fields"] = {**parent["fields"], BRAND: BRAND}
    unless = {**stream.options.get("no_children_if", {}), **parent.get("unless", {})}
    return {**parent, "unless": unless} if unless else parent


def _map_fields(endpoint: "Endpoint", stream: "Endpoint", taken: set[str]) -> dict[str, str]:
    missing = [name for name in endpoint.placeholders if name not in taken]
    shared = [name for name in missing if name in stream.placeholders]
    own = [name for name in missing if name not in shared][:1]
    return {**{name: name for name in shared}, **dict.fromkeys(own, "id")}
