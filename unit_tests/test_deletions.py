"""The page of deletions tells of each readable stream, and what it says of the main ones."""

import re

import pytest

from source_zendesk.manifest import Manifest
from tools import deletions

LINES = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", deletions.markdown(), re.MULTILINE))

DELETE, BESIDE = "`type` is `delete`", "reads what there is; take `export_routing_{}` beside it"
REFUSED = "asks, and passes over the parent if Zendesk refuses"


def test_every_readable_stream_has_a_line() -> None:
    entries = Manifest.load().endpoints.values()
    assert list(LINES) == sorted(entry.name for entry in entries if entry.kind in ("read", "sideload"))


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("tickets", "tombstone: `status` is `deleted` | emits it, and asks for none of its children"),
        ("organizations", "tombstone: `deleted_at` is filled | emits it, and asks for none of its children"),
        ("users", "tombstone: `active` is `false` | emits it"),
        ("deleted_users", "its rows are the deletions of `users` | emits it"),
        ("list_users", "in `users`: `active` is `false` | reads what there is; take `users` beside it"),
        ("ticket_metrics", "with its row of `tickets`: `status` is `deleted` | emits no more of it"),
        ("ticket_events", "history | emits each row once"),
        (
            "export_routing_instance_values",
            "a further row: `type` is `unassociate_agent` or `type` is `unassociate_ticket` | emits it",
        ),
        ("show_ticket_audit", "history | emits each row once"),
        ("show_account_attribute", f"in `export_routing_attributes`: {DELETE} | {BESIDE.format('attributes')}"),
        ("attribute_values", f"in `export_routing_attribute_values`: {DELETE} | {BESIDE.format('attribute_values')}"),
        ("count_users", "what there is now | emits it anew on each run"),
        (
            "articles",
            "only by a full refresh | emits what there is; what went stays until a full refresh that overwrites",
        ),
        (
            "list_user_identities",
            "with its parent in `users`: `active` is `false`; else only by a full refresh | " + REFUSED,
        ),
    ],
)
def test_how_a_deleted_row_is_seen(stream: str, said: str) -> None:
    assert LINES[stream] == said


def test_tombstones_are_told_by_fields_that_the_schema_declares() -> None:
    manifest = Manifest.load()
    for entry in manifest.endpoints.values():
        assert set(entry.tombstone) <= set(manifest.schema_of(entry)["properties"]), entry.name
        assert not entry.deletions_in or manifest.endpoints[entry.deletions_in].tombstone, entry.name
        assert not entry.deletions_of or entry.deletions_of in manifest.endpoints, entry.name
