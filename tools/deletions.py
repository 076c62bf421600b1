"""Generates `docs/deletions.md`, the handling of deleted records stream by stream: `python -m tools.deletions`."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.manifest import Endpoint, Manifest, ParentRef
from source_zendesk.manifest.catalog_policy import resolve_preferred_stream
from source_zendesk.manifest.parent_ref import BRAND
from source_zendesk.stdout import print_text

Endpoints = Mapping[str, Endpoint]
HEAD = """# Deletions

Generated from `manifest.yaml` by `make docs`.

Zendesk marks some deletions and not others. The table lists how a deleted record appears in each stream:

- **Tombstone**: Zendesk returns the record again with a field that marks the deletion. The connector emits it
  unchanged, so a destination that deduplicates by primary key keeps the deleted record. Filter it out in your queries
  by the field in the table.
- **In another stream**: this stream stops returning the record. The stream in the table emits its tombstone.
- **With its parent**: Zendesk deletes the record together with its parent. Records that were emitted stay.
- **History**: the records are events. Zendesk deletes only old events, if any. Records that were emitted stay valid,
  except for redacted texts.
- **Full refresh only**: Zendesk no longer lists the record and does not mark the deletion. After an incremental sync it
  stays in the destination; *full refresh | overwrite* removes it. Most of these lists are short, and every sync reads
  them in full.
- **Current values**: settings, counts and statistics, which are never deleted.

*Permanently* deleted users appear in `deleted_users` as `Permanently Deleted User`, without an email address. Remove
copies in the destination yourself. To compare a destination with the account, use `counted` of the stream
`reconciliation`: the current number of records.

## Redacted and private comments

A redaction, or the change of a comment to a private one, changes an existing comment of a ticket. An event names the
comment. After such an event, `ticket_comments` emits the comment again in its new form, with one request for each
ticket. So a destination that deduplicates by primary key no longer contains the text. `list_ticket_comments` emits it
with all comments of the ticket, and `tickets` emits the ticket with its new `description`.

- Streams of events keep what they have emitted: `ticket_events` in `child_events`, `ticket_audits` and
  `list_audits_for_ticket` in `events`. The query [Events with a redacted text](recipes.md#events-with-a-redacted-text)
  finds these records. Delete them in the destination, or refresh the stream.
- If a ticket is deleted between the redaction and the next sync, Zendesk refuses its comments. The log then names the
  ticket, and the destination keeps the text.
- `ticket_attachments` emits the files of a comment again after a redaction of the comment or of a file.
- A destination that appends keeps all earlier forms.

## Streams

| stream | how a deleted record appears | the connector |
| --- | --- | --- |
"""
EMITS, EMITS_NEW = "emits it", "emits the new records"
EMITS_REDACTED = "emits the new records, and a record again after its redaction"
EMITS_CHANGES = f"{EMITS_REDACTED} or a change of its privacy"
EMITS_EXISTING = "emits existing records; a full refresh with overwrite removes deleted ones"

Deletion = tuple[str, str]
"""How a deleted record appears, and what the connector does."""


def render_markdown() -> str:
    """The text of `docs/deletions.md`."""
    endpoints = Manifest.load().endpoints
    readable = [endpoint for endpoint in endpoints.values() if endpoint.is_readable]
    lines = (_line(endpoint, endpoints) for endpoint in sorted(readable, key=lambda endpoint: endpoint.name))
    return HEAD + "".join(lines)


def _line(endpoint: Endpoint, endpoints: Endpoints) -> str:
    appearance, handling = _describe_deletion(endpoint, endpoints)
    return f"| `{endpoint.name}` | {appearance} | {handling} |\n"


def _describe_deletion(endpoint: Endpoint, endpoints: Endpoints) -> Deletion:
    if endpoint.options.deletions_of:
        return f"its records are the deletions of `{endpoint.options.deletions_of}`", EMITS
    if endpoint.options.tombstone and endpoint.options.is_history:
        return f"additional event: {_condition(endpoint.options.tombstone)}", EMITS
    if endpoint.options.tombstone:
        children = ", and requests none of its child records" if endpoint.options.no_children_if else ""
        return f"tombstone: {_condition(endpoint.options.tombstone)}", EMITS + children
    if _is_history(endpoint, endpoints):
        changes = EMITS_REDACTED if endpoint.has_files else EMITS_CHANGES
        return "history", changes if endpoint.options.changes_from else EMITS_NEW
    if _has_current_values(endpoint):
        return "current values", "emits them on each sync"
    return _deletion_elsewhere(endpoint, endpoints) or ("full refresh only", EMITS_EXISTING)


def _deletion_elsewhere(endpoint: Endpoint, endpoints: Endpoints) -> Deletion | None:
    """The deletion as another stream shows it: a preferred stream, the host of a sideload or a parent."""
    source = _deletion_source(_repeated_stream(endpoint, endpoints), endpoints)
    if source.options.tombstone:
        appearance = f"in `{source.name}`: {_condition(source.options.tombstone)}"
        return appearance, f"emits existing records; also sync `{source.name}`"
    if host := _host_stream(endpoint, endpoints):
        return f"with its record in `{host.name}`: {_condition(host.options.tombstone)}", "emits nothing more for it"
    deletions = (_deletion_with_parent(parent, endpoints) for parent in endpoint.parents)
    return next(filter(None, deletions), None)


def _deletion_with_parent(parent: ParentRef, endpoints: Endpoints) -> Deletion | None:
    """The deletion of a parent; None if the parent has no tombstone.

    The connector skips deleted parents by their tombstone, or reads a list that does not contain them. A brand whose
    host receives the request is no parent in this sense.
    """
    if not parent.stream or list(parent.fields) == [BRAND]:
        return None
    source = _deletion_source(endpoints[parent.stream], endpoints)
    if not source.options.tombstone:
        return None
    tombstone = source.options.tombstone
    is_skipped = source.name != parent.stream or tombstone.items() <= parent.unless.items()
    handling = (
        "requests none of its child records"
        if is_skipped
        else "requests its child records; skips the parent if Zendesk refuses"
    )
    condition = _condition(source.options.tombstone)
    return f"with its parent in `{source.name}`: {condition}; otherwise full refresh only", handling


def _deletion_source(endpoint: Endpoint, endpoints: Endpoints) -> Endpoint:
    """The stream that contains the deletions of a stream's records."""
    source = resolve_preferred_stream(endpoint, endpoints)
    return endpoints[source.options.deletions_in] if source.options.deletions_in else source


def _repeated_stream(endpoint: Endpoint, endpoints: Endpoints) -> Endpoint:
    """The parent stream whose records this one requests again one by one; the stream itself if it has its own."""
    parents = [endpoints[parent.stream] for parent in endpoint.parents if parent.stream]
    return next((parent for parent in parents if _repeats(endpoint, parent)), endpoint)


def _repeats(endpoint: Endpoint, parent: Endpoint) -> bool:
    return parent.schema == endpoint.schema and (parent.options.is_history or bool(parent.options.deletions_in))


def _is_history(endpoint: Endpoint, endpoints: Endpoints) -> bool:
    source = _repeated_stream(endpoint, endpoints)
    return source.options.is_history and not source.options.tombstone


def _host_stream(endpoint: Endpoint, endpoints: Endpoints) -> Endpoint | None:
    """The stream whose pages contain a sideload stream, if it has tombstones."""
    hosts = (each for each in endpoints.values() if each.path == endpoint.path and each.options.tombstone)
    return next(hosts, None) if endpoint.kind == "sideload" else None


def _has_current_values(endpoint: Endpoint) -> bool:
    return bool(
        endpoint.options.read_at_field or endpoint.options.counts or (not endpoint.parents and not endpoint.primary_key)
    )


def _condition(tombstone: Mapping[str, Any]) -> str:
    """The fields and values that mark a deleted record."""
    return " or ".join(_field_condition(name, value) for name, value in tombstone.items())


def _field_condition(name: str, value: Any) -> str:
    if value == "any":
        return f"`{name}` is set"
    if isinstance(value, list):
        return " or ".join(_field_condition(name, each) for each in value)
    return f"`{name}` is `{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    print_text(render_markdown())
