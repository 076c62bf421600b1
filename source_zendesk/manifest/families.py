"""Families: shared definitions of endpoints with the same pagination and sync strategy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.entry_options import EntryOptions

Content = Mapping[str, object]
TRAITS, REQUIRES, QUERY = "traits", "requires", "query"


@dataclass(frozen=True)
class Family:
    """The values that a family, its traits and further layers set, and the keys that a later layer must set."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict)
    requires: frozenset[str] = frozenset()

    def extend(self, layer: Content) -> "Family":
        """The family with the values of a layer in place of its own, except that queries are merged."""
        values = {name: value for name, value in layer.items() if name not in (TRAITS, REQUIRES)}
        earlier, later = self.values.get(QUERY), values.get(QUERY)
        if isinstance(earlier, Mapping) and isinstance(later, Mapping):
            values[QUERY] = {**earlier, **later}
        requires = (self.requires - set(values)) | set(names(layer.get(REQUIRES)))
        return Family(self.name, {**self.values, **values}, requires)

    def options(self) -> EntryOptions:
        """The options of an entry; raises `ManifestError` for keys that are unknown, missing, or of another type."""
        if self.requires:
            raise ManifestError(f"family {self.name} needs {', '.join(sorted(self.requires))}")
        return EntryOptions.from_values(self.values)


class Families:
    """The families and the traits of a manifest; raises `ManifestError` for a name that they do not contain."""

    def __init__(self, families: Mapping[str, Content], traits: Mapping[str, Content]) -> None:
        self._families, self._traits = families, traits

    def __getitem__(self, name: str) -> Family:
        if name not in self._families:
            raise ManifestError(f"there is no family {name}")
        return self.combine(Family(name), self._families[name])

    def combine(self, family: Family, layer: Content) -> Family:
        """The family with the traits of a layer, and then its values."""
        for trait in names(layer.get(TRAITS)):
            if trait not in self._traits:
                raise ManifestError(f"there is no trait {trait}")
            family = family.extend(self._traits[trait])
        return family.extend(layer)


def names(value: object) -> list[str]:
    """A list of names, from a single one or a list."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
