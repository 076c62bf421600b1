"""The sample of cases covers every family, component, key and handler."""

from collections.abc import Iterable
from typing import Any

from integration_tests.emulator.api.routes import endpoints
from integration_tests.samples import combine, components_of, group_of, group_of_served, keys_set, sample
from source_zendesk.manifest import Endpoint, Manifest

ENTRIES = list(Manifest.load().endpoints.values())
AXES: list[list[Any]] = [["a", "b", "c"], [1, 2]]


def features(entries: Iterable[Endpoint]) -> set[Any]:
    """The families, the components and the keys of entries and of their parents."""
    found: set[Any] = set()
    for entry in entries:
        found |= {entry.family, *components_of(entry), *keys_set(entry.options)}
        found |= {f"parents: {key}" for parent in entry.parents for key in keys_set(parent)}
    return found


def test_the_sample_of_entries_has_every_family_component_and_key() -> None:
    chosen = sample(ENTRIES, group_of, takes_all=False)
    assert features(chosen) == features(ENTRIES)
    assert len(chosen) < len(ENTRIES) / 2


def test_the_sample_of_served_endpoints_has_every_handler_and_kind_of_page() -> None:
    chosen = sample(endpoints(), group_of_served, takes_all=False)
    assert {(e.method, e.serve, e.paging) for e in chosen} == {(e.method, e.serve, e.paging) for e in endpoints()}
    assert len(chosen) < len(endpoints()) / 2


def test_all_cases_are_taken_on_request() -> None:
    assert sample(ENTRIES, group_of, takes_all=True) == ENTRIES
    assert combine(*AXES, takes_all=True) == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 1), ("c", 2)]


def test_combinations_have_each_value_of_each_axis() -> None:
    assert combine(*AXES, takes_all=False) == [("a", 1), ("b", 2), ("c", 1)]
