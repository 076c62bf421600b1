"""The page that says how a deleted row is seen, stream by stream: `python -m tools.deletions`."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import cheapest
from source_zendesk.manifest.parents import BRAND
from source_zendesk.stdout import print_text

Entries = Mapping[str, Endpoint]
HEAD = """# Deletions

Generated from `manifest.yaml`; `make docs` writes it anew.

Zendesk tells of some deletions and is silent about others. What the connector does follows from that:

- **A tombstone**: the row comes once more and says itself that it was deleted. It is emitted as Zendesk sends it, so a
  destination that deduplicates by the key holds the deleted row; leave it out where you query, as the table says.
- **In another stream**: this one merely stops bringing the row, but the stream that the table names has its tombstone.
- **With its parent**: the row goes when its parent does; what was emitted stays.
- **History**: the rows tell what happened. Zendesk drops old ones as a whole, if ever; what was emitted stays true.
- **Only by a full refresh**: the row is gone from the list, and nothing tells so. An incremental sync leaves it in the
  destination; *full refresh | overwrite* takes it away. These lists are mostly short, and are read whole on each run.
- **What there is now**: settings, counts and figures; there is nothing to delete.

Whoever is *permanently* deleted comes in `deleted_users` as `Permanently Deleted User`, without an address. Copies that
a destination has are its owner's to remove. `counted` of the stream `reconciliation` says how many rows the account has
now, beside what a destination holds.

| stream | a deleted row is seen | the connector |
| --- | --- | --- |
"""
EMITS, ONCE = "emits it", "emits each row once"
STAYS = "emits what there is; what went stays until a full refresh that overwrites"


def markdown() -> str:
    """The whole page."""
    endpoints = Manifest.load().endpoints
    read = [endpoint for endpoint in endpoints.values() if endpoint.kind in ("read", "sideload")]
    return HEAD + "".join(_line(endpoint, endpoints) for endpoint in sorted(read, key=lambda endpoint: endpoint.name))


def _line(endpoint: Endpoint, endpoints: Entries) -> str:
    seen, done = _seen(endpoint, endpoints)
    return f"| `{endpoint.name}` | {seen} | {done} |\n"


def _seen(endpoint: Endpoint, endpoints: Entries) -> tuple[str, str]:
    """How a deleted row is seen, and what the connector does."""
    if endpoint.deletions_of:
        return f"its rows are the deletions of `{endpoint.deletions_of}`", EMITS
    if endpoint.tombstone and endpoint.is_history:
        return f"a further row: {_told(endpoint.tombstone)}", EMITS
    if endpoint.tombstone:
        alone = ", and asks for none of its children" if endpoint.options.get("no_children_if") else ""
        return f"tombstone: {_told(endpoint.tombstone)}", EMITS + alone
    if _is_history(endpoint, endpoints):
        return "history", ONCE
    if _is_of_now(endpoint):
        return "what there is now", "emits it anew on each run"
    return _elsewhere(endpoint, endpoints) or ("only by a full refresh", STAYS)


def _elsewhere(endpoint: Endpoint, endpoints: Entries) -> tuple[str, str] | None:
    source = cheapest(_shown(endpoint, endpoints), endpoints)
    source = endpoints[source.deletions_in] if source.deletions_in else source
    if source.tombstone:
        return f"in `{source.name}`: {_told(source.tombstone)}", f"reads what there is; take `{source.name}` beside it"
    if host := _host(endpoint, endpoints):
        return f"with its row of `{host.name}`: {_told(host.tombstone)}", "emits no more of it"
    return next((seen for parent in endpoint.parents if (seen := _with_parent(parent, endpoints))), None)


def _with_parent(parent: Mapping[str, Any], endpoints: Entries) -> tuple[str, str] | None:
    """Deleted parents are left out by what they say, or are not among the rows that are asked for.

    A brand at whose host something is asked is no parent of it.
    """
    is_host = list(parent["fields"]) == [BRAND]
    told = cheapest(endpoints[parent["stream"]], endpoints) if "stream" in parent and not is_host else None
    if told is None or not told.tombstone:
        return None
    is_left_out = told.name != parent["stream"] or told.tombstone.items() <= parent.get("unless", {}).items()
    done = "asks for them no more" if is_left_out else "asks, and passes over the parent if Zendesk refuses"
    return f"with its parent in `{told.name}`: {_told(told.tombstone)}; else only by a full refresh", done


def _shown(endpoint: Endpoint, endpoints: Entries) -> Endpoint:
    """The stream whose rows are asked for once more, one by one; itself for one with rows of its own."""
    parents = [endpoints[parent["stream"]] for parent in endpoint.parents if "stream" in parent]
    return next((parent for parent in parents if _is_same(endpoint, parent)), endpoint)


def _is_same(endpoint: Endpoint, parent: Endpoint) -> bool:
    return parent.schema == endpoint.schema and (parent.is_history or bool(parent.deletions_in))


def _is_history(endpoint: Endpoint, endpoints: Entries) -> bool:
    shown = _shown(endpoint, endpoints)
    return shown.is_history and not shown.tombstone


def _host(endpoint: Endpoint, endpoints: Entries) -> Endpoint | None:
    """The stream whose pages a side-load is taken from, where that has tombstones."""
    found = (each for each in endpoints.values() if each.path == endpoint.path and each.tombstone)
    return next(found, None) if endpoint.kind == "sideload" else None


def _is_of_now(endpoint: Endpoint) -> bool:
    return bool(
        endpoint.retriever.get("read_at_field")
        or endpoint.counts
        or (not endpoint.parents and not endpoint.primary_key)
    )


def _told(tombstone: Mapping[str, Any]) -> str:
    """What its fields say, in the terms of who queries them."""
    return " or ".join(_said(name, value) for name, value in tombstone.items())


def _said(name: str, value: Any) -> str:
    if value == "any":
        return f"`{name}` is filled"
    if isinstance(value, list):
        return " or ".join(_said(name, one) for one in value)
    return f"`{name}` is `{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    print_text(markdown())
