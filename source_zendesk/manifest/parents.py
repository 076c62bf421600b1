"""The parents of a stream, written short in the manifest and told in full here."""

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
    """Each parent with its `fields`: which of its fields fills which placeholder or query parameter.

    A name alone stands for the stream of that name. Placeholders that its path has too come from its rows' fields of
    the same name, the one that is left over from their `id`. What `childless` says of the stream goes into `unless`.
    What is asked brand by brand goes to the brands of its parents' rows, or else to all that `help_centers` are.
    """
    said = endpoint.options.get("parents") or []
    found: list[ParentDefinition] = []
    for parent in said if isinstance(said, list) else [said]:
        found.append(
            _completed(endpoint, {"stream": parent} if isinstance(parent, str) else dict(parent), found, endpoints)
        )
    if endpoint.is_per_brand and not any(BRAND in parent["fields"] for parent in found):
        found.append(help_centers)
    return found


def _completed(
    endpoint: "Endpoint",
    parent: ParentDefinition,
    before: Iterable[ParentDefinition],
    endpoints: Mapping[str, "Endpoint"],
) -> ParentDefinition:
    if "stream" not in parent:
        return parent
    stream = endpoints.get(parent["stream"])
    if stream is None:
        raise ManifestError(f"{endpoint.name}: its parent {parent['stream']} is no stream")
    taken = {name for other in before for name in other["fields"]}
    parent.setdefault("fields", _fields(endpoint, stream, taken))
    if endpoint.is_per_brand and stream.is_per_brand:
        parent["fields"] = {**parent["fields"], BRAND: BRAND}
    unless = {**stream.options.get("no_children_if", {}), **parent.get("unless", {})}
    return {**parent, "unless": unless} if unless else parent


def _fields(endpoint: "Endpoint", stream: "Endpoint", taken: set[str]) -> dict[str, str]:
    wanted = [name for name in endpoint.placeholders if name not in taken]
    shared = [name for name in wanted if name in stream.placeholders]
    own = [name for name in wanted if name not in shared][:1]
    return {**{name: name for name in shared}, **dict.fromkeys(own, "id")}
