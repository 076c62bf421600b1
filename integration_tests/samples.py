"""The cases that tests take: a sample of them, or all if the environment variable `ALL` is set."""

import os
from collections.abc import Callable, Hashable, Iterable
from itertools import cycle, islice, product
from typing import Any, TypeVar

from integration_tests.emulator.api import routes
from source_zendesk.manifest import Endpoint
from source_zendesk.manifest.documented_keys import keys_of
from source_zendesk.manifest.endpoint import COMPONENT_KEYS

Case = TypeVar("Case")
TAKES_ALL = os.environ.get("ALL", "0") not in ("", "0")
WITHOUT_EFFECT = frozenset({"schema", "role", "plan", "preferred_stream"})
"""The keys of an entry that change no request, no state and no form of a record."""


def sample(cases: Iterable[Case], group: Callable[[Case], Hashable], *, takes_all: bool = TAKES_ALL) -> list[Case]:
    """The first case of each group, or all cases."""
    every = list(cases)
    first: dict[Hashable, Case] = {}
    for case in every:
        first.setdefault(group(case), case)
    return every if takes_all else list(first.values())


def combine(*axes: Iterable[Any], takes_all: bool = TAKES_ALL) -> list[tuple[Any, ...]]:
    """As many combinations as the longest axis has values, so that each value of each axis occurs; or all of them."""
    values = [list(axis) for axis in axes]
    if takes_all:
        return list(product(*values))
    return list(islice(zip(*map(cycle, values), strict=False), max(map(len, values))))


def group_of(entry: Endpoint) -> Hashable:
    """What distinguishes entries of the manifest: the family, the components, the keys of the entry and its parents."""
    parents = tuple(keys_set(parent) for parent in entry.parents)
    return entry.family, components_of(entry), keys_set(entry.options), parents


def components_of(entry: Endpoint) -> frozenset[str]:
    """The components of an entry, and the options that name a mode."""
    return frozenset(f"{key}: {getattr(entry.options, key)}" for key in (*COMPONENT_KEYS, "incremental", "sends"))


def keys_set(options: Any) -> frozenset[str]:
    """The keys that differ from their default and have an effect."""
    changed = (key.name for key in keys_of(type(options)) if getattr(options, key.name) != key.default)
    return frozenset(changed) - WITHOUT_EFFECT


def group_of_served(endpoint: routes.Endpoint) -> Hashable:
    """What distinguishes endpoints of the emulator: the handler, the kinds of pages and of parameters, the parents."""
    parameters = bool(endpoint.query), bool(endpoint.include), bool(endpoint.where), bool(endpoint.brand)
    parents = bool(endpoint.parent), len(endpoint.placeholders)
    return endpoint.method, endpoint.serve, endpoint.paging, endpoint.largest, parameters, parents
