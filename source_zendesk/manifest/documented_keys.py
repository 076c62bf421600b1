"""Dataclasses whose fields are keys of the manifest: each field documents its key, and values are checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from source_zendesk.errors import ManifestError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
K = TypeVar("K", bound="DataclassInstance")
READS, ACTIONS = ("read", "input", "sideload"), ("action",)
ALL_KINDS = (*READS, *ACTIONS)
TYPE_NAMES = {str: "a text", bool: "true or false", int: "a number", list: "a list", dict: "a mapping"}


def key(default: T, meaning: str, kinds: tuple[str, ...] = ALL_KINDS) -> T:
    """A field of a dataclass: a key that entries of these `kinds` may have, with its default and its meaning."""
    return field(default_factory=lambda: default, metadata={"default": default, "meaning": meaning, "kinds": kinds})


@dataclass(frozen=True)
class Key:
    """A key of the manifest, as its field documents it."""

    name: str
    default: object
    meaning: str
    kinds: tuple[str, ...]


def keys_of(cls: type[K]) -> list[Key]:
    """The documented keys of a dataclass."""
    return [Key(each.name, **each.metadata) for each in fields(cls) if each.metadata]


def parse_keys(cls: type[K], content: Mapping[str, object], owner: str, kind: str = "read") -> K:
    """An instance with these values; raises `ManifestError` for keys that the `owner` lacks, and for other types."""
    types = _types_of_keys(cls, kind)
    if unknown := sorted(set(content) - set(types)):
        raise ManifestError(f"{owner} has no {', '.join(unknown)}")
    for name, value in content.items():
        expected = types[name]
        if type(value) is not expected:
            raise ManifestError(f"{name} must be {TYPE_NAMES[expected]}, got {value!r}")
    return cls(**content)


@cache
def _types_of_keys(cls: type["DataclassInstance"], kind: str) -> dict[str, type]:
    return {each.name: type(each.default) for each in keys_of(cls) if kind in each.kinds}
