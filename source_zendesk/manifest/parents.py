"""Completes the parents of an endpoint from the paths and conditions of their streams."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.parent_ref import BRAND, ParentRef

if TYPE_CHECKING:
    from source_zendesk.manifest.endpoint import Endpoint


def complete_parents(
    endpoint: "Endpoint", endpoints: Mapping[str, "Endpoint"], help_centers: ParentRef
) -> list[ParentRef]:
    """The parents of an endpoint with their default `fields` and all conditions.

    A stream per brand is requested for the brands of its parents' records, or otherwise for all `help_centers`.
    """
    completed: list[ParentRef] = []
    for parent in endpoint.options.parents:
        completed.append(_complete(endpoint, parent, completed, endpoints))
    if endpoint.options.per_brand and not any(BRAND in parent.fields for parent in completed):
        completed.append(help_centers)
    return completed


def _complete(
    endpoint: "Endpoint", parent: ParentRef, earlier: Sequence[ParentRef], endpoints: Mapping[str, "Endpoint"]
) -> ParentRef:
    if missing := [name for name in parent.streams if name not in endpoints]:
        raise ManifestError(f"{endpoint.name}: its parent {missing[0]} is not a stream")
    if not parent.stream:
        return parent
    stream = endpoints[parent.stream]
    taken = {name for other in earlier for name in other.fields}
    fields = parent.fields or _map_fields(endpoint, stream, taken)
    brand = {BRAND: BRAND} if endpoint.options.per_brand and stream.options.per_brand else {}
    return replace(parent, fields={**fields, **brand}, unless={**stream.options.no_children_if, **parent.unless})


def _map_fields(endpoint: "Endpoint", stream: "Endpoint", taken: set[str]) -> dict[str, str]:
    missing = [name for name in endpoint.placeholders if name not in taken]
    shared = [name for name in missing if name in stream.placeholders]
    own = [name for name in missing if name not in shared][:1]
    return {**{name: name for name in shared}, **dict.fromkeys(own, "id")}
