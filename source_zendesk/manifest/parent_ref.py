"""A parent of an entry: where values for its requests come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import key, parse_keys

BRAND, BRANDS = "brand_id", "brands"


@dataclass(frozen=True)
class ParentRef:
    """A parent of an entry: a stream whose records give values for path or query, fixed values, or both."""

    stream: str = key("", "the parent stream")
    fields: Mapping[str, str] = key(
        {},
        "the field of the parent's record for each placeholder or query parameter. By default, a placeholder that the "
        "parent's path has too is filled by the field of its name, the next one by `id`",
    )
    values: list[str] = key([], "fixed values, requested before those of the stream")
    setting: str = key(
        "", "the field of the product's block with the value, or the values; if it is set, the stream is not requested"
    )
    query: Mapping[str, str | list[str]] = key({}, "query parameters that select records of the parent stream")
    unless: Mapping[str, object] = key(
        {},
        "the field value of a record without children, besides its `no_children_if`: `any` for every value, a list for "
        "itself or one of its values",
    )
    unless_empty: str = key(
        "", "the stream of a feature: if the account has none of its records, no parent record is requested"
    )
    batch: int = key(0, "the number of values in one request, joined by commas")
    pattern: str = key("", "a regular expression whose group is the value")
    prefix: str = key("", "a text before the value")
    from_the_beginning: bool = key(
        default=False, meaning="whether a first read requests all parents, not only those since `start_date`"
    )

    @property
    def streams(self) -> list[str]:
        """The streams that a read of its values requests: its own, and that of the feature."""
        return [name for name in (self.stream, self.unless_empty) if name]

    @classmethod
    def from_entry(cls, content: object) -> "ParentRef":
        """Build a parent from its form in the manifest: a mapping of its keys, or the name of the parent stream."""
        if isinstance(content, str):
            return cls(stream=content)
        if not isinstance(content, Mapping):
            raise ManifestError(f"a parent must be a stream or a mapping, got {content!r}")
        return parse_keys(cls, content, "a parent")
