"""The tests of rows and requests detect a wrong parent in the manifest."""

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.compare import canonical
from integration_tests.emulator import Emulator
from integration_tests.expected_rows import ExpectedRows
from integration_tests.harness import Row, sync
from source_zendesk.manifest import Manifest

WRONG_PARENTS: dict[str, dict[str, Any]] = {
    "show_organization_field": {"stream": "user_fields"},
    "trigger_revisions": {"fields": {"trigger_id": "category_id"}},
    "count_user_groups": {"query": {}},
    "show_many_views": {"fields": {"ids": "position"}},
}


def read_with_parents(
    stream: str, changes: dict[str, Any], zendesk: Emulator, monkeypatch: pytest.MonkeyPatch
) -> list[Row]:
    """The records of a stream whose parents in the manifest have other keys."""
    zendesk.clock.freeze()
    manifest = Manifest.load()
    entry = manifest.endpoints[stream]
    mutated = replace(entry, parents=[replace(parent, **changes) for parent in entry.parents])
    changed = manifest.with_endpoints([mutated])
    monkeypatch.setattr(Manifest, "load", lambda: changed)
    return sync(zendesk.config(), [stream]).records[stream]


@pytest.mark.parametrize("is_wrong", [False, True])
@pytest.mark.parametrize("stream", WRONG_PARENTS)
def test_a_wrong_parent_changes_the_rows(
    stream: str, zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, *, is_wrong: bool
) -> None:
    expected = ExpectedRows(zendesk).rows(Manifest.load().endpoints[stream])
    rows = read_with_parents(stream, WRONG_PARENTS[stream] if is_wrong else {}, zendesk, monkeypatch)
    assert (sorted(map(canonical, rows)) != sorted(map(canonical, expected))) == is_wrong


@pytest.mark.parametrize("is_wrong", [False, True])
def test_a_dropped_condition_requests_missing_objects(
    zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, *, is_wrong: bool
) -> None:
    read_with_parents("show_digital_line", {"unless": {}} if is_wrong else {}, zendesk, monkeypatch)
    assert any(request.status == 404 for request in zendesk.requests) == is_wrong
