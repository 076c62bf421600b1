"""`docs/deletions.md` has a line for each readable stream."""

import re

import pytest

from source_zendesk.manifest import Manifest
from tools import deletions

LINES = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", deletions.render_markdown(), re.MULTILINE))

DELETE, ALSO_SYNC = "`type` is `delete`", "emits existing records; also sync `export_routing_{}`"
REFUSED = "requests its child records; skips the parent if Zendesk refuses"


def test_every_readable_stream_has_a_line() -> None:
    entries = Manifest.load().endpoints.values()
    assert list(LINES) == sorted(entry.name for entry in entries if entry.kind in ("read", "sideload"))


@pytest.mark.parametrize(
    ("stream", "line"),
    [
        ("tickets", "tombstone: `status` is `deleted` | emits it, and requests none of its child records"),
        ("organizations", "tombstone: `deleted_at` is set | emits it, and requests none of its child records"),
        ("users", "tombstone: `active` is `false` | emits it"),
        ("deleted_users", "its records are the deletions of `users` | emits it"),
        ("list_users", "in `users`: `active` is `false` | emits existing records; also sync `users`"),
        ("ticket_metrics", "with its record in `tickets`: `status` is `deleted` | emits nothing more for it"),
        ("ticket_events", "history | emits the new records"),
        (
            "export_routing_instance_values",
            "additional event: `type` is `unassociate_agent` or `type` is `unassociate_ticket` | emits it",
        ),
        ("show_ticket_audit", "history | emits the new records"),
        ("show_account_attribute", f"in `export_routing_attributes`: {DELETE} | {ALSO_SYNC.format('attributes')}"),
        (
            "attribute_values",
            f"in `export_routing_attribute_values`: {DELETE} | {ALSO_SYNC.format('attribute_values')}",
        ),
        ("count_users", "current values | emits them on each sync"),
        (
            "articles",
            "full refresh only | emits existing records; a full refresh with overwrite removes deleted ones",
        ),
        (
            "list_user_identities",
            "with its parent in `users`: `active` is `false`; otherwise full refresh only | " + REFUSED,
        ),
    ],
)
def test_the_line_of_a_stream(stream: str, line: str) -> None:
    assert LINES[stream] == line


def test_the_schema_declares_the_fields_of_tombstones() -> None:
    manifest = Manifest.load()
    for entry in manifest.endpoints.values():
        assert set(entry.options.tombstone) <= set(manifest.record_schema(entry)["properties"]), entry.name
        emitted_by, source = entry.options.deletions_in, entry.options.deletions_of
        assert not emitted_by or manifest.endpoints[emitted_by].options.tombstone, entry.name
        assert not source or source in manifest.endpoints, entry.name
