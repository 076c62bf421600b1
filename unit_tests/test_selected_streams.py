"""The streams that a catalog selects, and those that they need."""

from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.selected_streams import SelectedStreams
from unit_tests.settings.test_settings import parse
from unit_tests.test_source import catalog

MANIFEST = Manifest.load()
FIELD_LISTS = {"custom_objects", "custom_object_fields", "ticket_fields", "user_fields", "organization_fields"}


def select(*names: str, **config: Any) -> SelectedStreams:
    return SelectedStreams(catalog(*names), MANIFEST, parse(**config))


@pytest.mark.parametrize(
    ("names", "config", "needed"),
    [
        (["groups"], {}, set()),
        (["groups"], {"custom_fields": "columns"}, FIELD_LISTS),
        (["groups"], {"files": {"directory": "/tmp/files"}}, set()),
        (["article_attachments"], {"files": {"directory": "/tmp/files"}}, {"brands"}),
    ],
    ids=["none", "custom fields", "streams without files", "files"],
)
def test_other_streams_that_the_selected_ones_need(names: list[str], config: dict[str, Any], needed: set[str]) -> None:
    assert set(select(*names, **config).needed()) == needed


def test_the_reconciliation_needs_the_counts_of_the_selected_streams() -> None:
    with_reconciliation = select("deleted_users", "reconciliation")
    assert (with_reconciliation.has_reconciliation, with_reconciliation.needed()) == (True, ["count_deleted_users"])
    assert (select("deleted_users").has_reconciliation, select("deleted_users").needed()) == (False, [])


@pytest.mark.parametrize(("custom_fields", "is_known"), [("columns", True), ("as_sent", False)])
def test_the_manifest_contains_the_selected_custom_objects_if_fields_become_columns(
    custom_fields: str, *, is_known: bool
) -> None:
    selected = select("custom_object_car", custom_fields=custom_fields)
    assert ("custom_object_car" in selected.manifest.endpoints) is is_known


@pytest.mark.parametrize(("name", "is_old"), [("custom_object_my-car", True), ("custom_object_car", False)])
def test_a_name_that_is_not_escaped_is_logged(name: str, caplog: pytest.LogCaptureFixture, *, is_old: bool) -> None:
    select(name, custom_fields="columns").warn_of_old_names()
    assert any(f"Stream {name}: destinations change this name" in text for text in caplog.messages) is is_old


def test_without_a_catalog_no_stream_is_selected() -> None:
    selected = SelectedStreams(None, MANIFEST, None)
    assert (selected.names, selected.needed(), selected.with_files) == ([], [], frozenset())
