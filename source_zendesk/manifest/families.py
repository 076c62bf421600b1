"""Families: shared definitions of endpoints with the same pagination and sync strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import ALL_KINDS, parse_keys
from source_zendesk.manifest.entry_options import EntryOptions
from source_zendesk.manifest.parent_ref import parse_parents

KEYS = frozenset({"extends", "kind", "schema_loader", "retriever", "entry"})
MERGED = ("retriever", "entry")
REQUIRED = "required"
"""The default of a key that every entry of the family must set."""


@dataclass(frozen=True)
class Family:
    """A composed family: the components of its streams, and the defaults of its entries.

    A string in the retriever names a definition of the manifest.
    """

    name: str
    kind: str
    schema_loader: str
    retriever: Mapping[str, Any]
    defaults: Mapping[str, object]

    def options(self, own: Mapping[str, object]) -> EntryOptions:
        """The options of an entry; raises `ManifestError` for keys that are unknown to the family or missing."""
        content = {**self.defaults, **own}
        if missing := sorted(name for name, value in content.items() if value == REQUIRED):
            raise ManifestError(f"family {self.name} needs {', '.join(missing)}")
        if "parents" in content:
            content["parents"] = parse_parents(content["parents"])
        return parse_keys(EntryOptions, content, f"family {self.name}", self.kind)


class Families:
    """The families of a manifest, composed with the families that they extend; raises `ManifestError` if not valid."""

    def __init__(self, families: Mapping[str, Mapping[str, Any]]) -> None:
        self._families = families
        self._composed: dict[str, Family] = {}

    def __getitem__(self, name: str) -> Family:
        if name not in self._composed:
            content = self._compose(name, ())
            missing = [key for key in ("kind", "schema_loader", "retriever", "entry") if key not in content]
            if missing:
                raise ManifestError(f"family {name} lacks {', '.join(missing)}")
            if content["kind"] not in ALL_KINDS:
                raise ManifestError(f"family {name}: its kind is none of {', '.join(ALL_KINDS)}")
            self._composed[name] = Family(
                name, content["kind"], content["schema_loader"], content["retriever"], content["entry"]
            )
        return self._composed[name]

    def _compose(self, name: str, descendants: tuple[str, ...]) -> dict[str, Any]:
        own = self._families.get(name)
        if own is None:
            raise ManifestError(f"there is no family {name}")
        if name in descendants:
            raise ManifestError(f"family {name} extends itself")
        if unknown := set(own) - KEYS:
            raise ManifestError(f"family {name} has unknown keys: {', '.join(sorted(unknown))}")
        base = self._compose(own["extends"], (*descendants, name)) if "extends" in own else {}
        merged = {key: {**base.get(key, {}), **own.get(key, {})} for key in MERGED if key in base or key in own}
        return {**base, **{key: value for key, value in own.items() if key != "extends"}, **merged}
