"""States of earlier versions and of Airbyte's connector."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from source_zendesk import times

# What the exports' cursors are called in the states of Airbyte's connector, from version 4.9 on.
EXPORT_FIELDS = frozenset({"generated_timestamp", "updated_at", "_ab_updated_at", "created_at", "timestamp", "time"})
# Others keep no lag for rows that come late.
OVERLAP_IN_SECONDS = 600


def legacy_cursor_time(state: Mapping[str, Any], field: str, others: Collection[str] = ()) -> int | None:
    """Epoch seconds to go on from, None where the state has no time.

    This connector's own time stands under `field`. Airbyte's may stand under the name of another field of `others`, or
    inside the state of a substream; the earliest counts then, less ten minutes, since reading twice does no harm.
    """
    own = state.get(field)
    if isinstance(own, int) or (own and not others):
        return times.epoch(own)
    found = list(_times(state, {field, *others}))
    return max(min(found) - OVERLAP_IN_SECONDS, 0) if found else None


def has_cursor_field(state: Any, field: str) -> bool:
    """Whether a state, or that of a parent in it, is kept by a field."""
    if not isinstance(state, Mapping):
        return False
    inner = [*(state.get("parent_state") or {}).values(), state.get("state")]
    return field in state or any(has_cursor_field(one, field) for one in inner)


def _times(state: Any, fields: Collection[str]) -> Iterator[int]:
    """Every time that bounds what was read: those of single parents only where there is no other."""
    if not isinstance(state, Mapping):
        return
    wrapped = [*(state.get("parent_state") or {}).values(), state.get("state")]
    found = [time for name in fields if (time := times.epoch(state.get(name))) is not None]
    found += [time for inner in wrapped for time in _times(inner, fields)]
    if not found:
        cursors = [partition.get("cursor") for partition in state.get("states") or []]
        found = [time for cursor in cursors for time in _times(cursor, fields)]
    yield from found
