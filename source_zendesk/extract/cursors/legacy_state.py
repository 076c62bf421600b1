"""States of earlier versions and of Airbyte's connector."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from source_zendesk import times

# The cursor fields of exports in the states of Airbyte's connector, from version 4.9 on.
EXPORT_FIELDS = frozenset({"generated_timestamp", "updated_at", "_ab_updated_at", "created_at", "timestamp", "time"})
# States of other connectors do not allow for rows that appear late.
OVERLAP_IN_SECONDS = 600


def legacy_cursor_time(
    state: Mapping[str, Any], field: str, others: Collection[str] = (), overlap: int = OVERLAP_IN_SECONDS
) -> int | None:
    """The epoch second at which a read resumes, None if the state has no time.

    This connector's states have the time under `field`, exports in seconds. States of Airbyte's connector may have it
    in microseconds, under a field of `others`, or in the state of a substream. Then the earliest time less `overlap`
    seconds is used; the overlap is harmless.
    """
    own = state.get(field)
    if (isinstance(own, int) and times.epoch(own) == own) or (own and not others):
        return times.epoch(own)
    cursor_times = list(_times(state, {field, *others}))
    return max(min(cursor_times) - overlap, 0) if cursor_times else None


def has_cursor_field(state: Any, field: str) -> bool:
    """Whether a state, or a parent state inside it, has a cursor field."""
    if not isinstance(state, Mapping):
        return False
    inner = [*(state.get("parent_state") or {}).values(), state.get("state")]
    return field in state or any(has_cursor_field(one, field) for one in inner)


def _times(state: Any, fields: Collection[str]) -> Iterator[int]:
    """Every time up to which the state's run has read; those of single partitions only if there is no other."""
    if not isinstance(state, Mapping):
        return
    nested = [*(state.get("parent_state") or {}).values(), state.get("state")]
    cursor_times = [time for name in fields if (time := times.epoch(state.get(name))) is not None]
    cursor_times += [time for inner in nested for time in _times(inner, fields)]
    if not cursor_times:
        cursors = [partition.get("cursor") for partition in state.get("states") or []]
        cursor_times = [time for cursor in cursors for time in _times(cursor, fields)]
    yield from cursor_times
