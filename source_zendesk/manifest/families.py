"""Families: what the endpoints that page and sync alike have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import ManifestError

KEYS = frozenset({"extends", "kind", "schema_loader", "retriever", "entry"})
MERGED = ("retriever", "entry")
REQUIRED = "required"
"""The default, in a family, of what every entry has to say itself."""


@dataclass(frozen=True)
class Family:
    """A complete family: the parts of the stream that it makes of an entry, and the defaults of its entries.

    A part of the retriever that is named by a text is a definition of that name.
    """

    name: str
    kind: str
    schema_loader: str
    retriever: Mapping[str, Any]
    defaults: Mapping[str, Any]


class Families:
    """The families of a manifest, each composed with those that it extends; raises `ManifestError` for a broken one."""

    def __init__(self, families: Mapping[str, Mapping[str, Any]]) -> None:
        self._families = families
        self._complete: dict[str, Family] = {}

    def __getitem__(self, name: str) -> Family:
        if name not in self._complete:
            content = self._compose(name, ())
            missing = [key for key in ("kind", "schema_loader", "retriever", "entry") if key not in content]
            if missing:
                raise ManifestError(f"family {name} lacks {', '.join(missing)}")
            self._complete[name] = Family(
                name, content["kind"], content["schema_loader"], content["retriever"], content["entry"]
            )
        return self._complete[name]

    def _compose(self, name: str, heirs: tuple[str, ...]) -> dict[str, Any]:
        own = self._families.get(name)
        if own is None:
            raise ManifestError(f"there is no family {name}")
        if name in heirs:
            raise ManifestError(f"family {name} extends itself")
        if unknown := set(own) - KEYS:
            raise ManifestError(f"family {name} has {', '.join(sorted(unknown))}, which no family has")
        base = self._compose(own["extends"], (*heirs, name)) if "extends" in own else {}
        merged = {key: {**base.get(key, {}), **own.get(key, {})} for key in MERGED if key in base or key in own}
        return {**base, **{key: value for key, value in own.items() if key != "extends"}, **merged}
