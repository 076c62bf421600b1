"""The times of the rows that are held against a count."""

from collections.abc import Mapping
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.cursors.saved import EXPORT_FIELDS, saved_time
from source_zendesk.components.reading.cursors.search_cursor import INDEX_IN_SECONDS

# From before every time to behind it.
EVER = ("", "~")


def window_of(state: Mapping[str, Any], field: str, config: Mapping[str, Any]) -> tuple[str, str] | None:
    """The times between which every row that changed must come by an export that goes on from the state.

    The last hour is left out: the index of the search follows within minutes, and clocks differ. None where nothing is
    left.
    """
    saved = saved_time(state, field, EXPORT_FIELDS)
    begin, end = times.start_of(config) if saved is None else saved, times.now() - INDEX_IN_SECONDS
    return (times.iso(begin), times.iso(end)) if begin < end else None
