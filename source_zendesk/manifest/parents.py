"""The parents of a stream, written short in the manifest and told in full here."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from source_zendesk.errors import ManifestError

if TYPE_CHECKING:
    from source_zendesk.manifest.entry import Entry

Parent = dict[str, Any]
BRAND = "brand_id"


def parents_of(entry: "Entry", entries: Mapping[str, "Entry"], help_centers: Parent) -> list[Parent]:
    """Each parent with its `fields`: which of its fields fills which placeholder or query parameter.

    A name alone stands for the stream of that name. Placeholders that its path has too come from its rows' fields of
    the same name, the one that is left over from their `id`. What `childless` says of the stream goes into `unless`.
    What is asked brand by brand goes to the brands of its parents' rows, or else to all that `help_centers` are.
    """
    said = entry.facts.get("parents") or []
    found: list[Parent] = []
    for parent in said if isinstance(said, list) else [said]:
        found.append(_completed(entry, {"stream": parent} if isinstance(parent, str) else dict(parent), found, entries))
    if entry.is_per_brand and not any(BRAND in parent["fields"] for parent in found):
        found.append(help_centers)
    return found


def _completed(entry: "Entry", parent: Parent, before: Iterable[Parent], entries: Mapping[str, "Entry"]) -> Parent:
    if "stream" not in parent:
        return parent
    stream = entries.get(parent["stream"])
    if stream is None:
        raise ManifestError(f"{entry.name}: its parent {parent['stream']} is no stream")
    taken = {name for other in before for name in other["fields"]}
    parent.setdefault("fields", _fields(entry, stream, taken))
    if entry.is_per_brand and stream.is_per_brand:
        parent["fields"] = {**parent["fields"], BRAND: BRAND}
    unless = {**stream.facts.get("childless", {}), **parent.get("unless", {})}
    return {**parent, "unless": unless} if unless else parent


def _fields(entry: "Entry", stream: "Entry", taken: set[str]) -> dict[str, str]:
    wanted = [name for name in entry.placeholders if name not in taken]
    shared = [name for name in wanted if name in stream.placeholders]
    own = [name for name in wanted if name not in shared][:1]
    return {**{name: name for name in shared}, **dict.fromkeys(own, "id")}
