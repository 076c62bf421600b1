"""Exports that Zendesk itself keeps the place in."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import ExportRead, IncrementalRead, State
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, has_cursor_field, legacy_cursor_time
from source_zendesk.extract.export_paginators import CursorExportPaginator, RoutingExportPaginator
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginators import Query
from source_zendesk.http.response import ParsedResponse

LOGGER = logging.getLogger("airbyte")
# An export whose cursors keep expiring within one second of its rows cannot be read.
MAX_RESTARTS = 3


@dataclass
class ExportCursor:
    """Reads a cursor-based export on from where the last run stopped, every row once.

    State: `{<cursor_field>: epoch seconds of the newest row, "cursor": Zendesk's cursor}`; a time alone, in any form,
    will do, and is what the read falls back to when Zendesk no longer takes the cursor. A state by the field
    `incomplete`, which tells of some changes only, is gone on from no later than `complete_until`, up to which others
    kept it better.
    """

    config: Mapping[str, Any]
    cursor_field: str = ""
    incomplete: str = ""
    complete_until: str = ""

    @property
    def optional_params(self) -> tuple[str, ...]:
        """An export's time is no convenience."""
        return ()

    def for_all_rows(self) -> "ExportCursor":
        """An export begins at `start_date` for everybody."""
        return self

    def open(
        self, state: State, paginator: CursorExportPaginator | RoutingExportPaginator, keys: list[str]
    ) -> IncrementalRead:
        """Begin a read, or go on with the one in the state."""
        return _CursorExportRead(self, state, paginator)

    def start(self, state: State, stream: str) -> int:
        """Epoch seconds of the time that a state, or the configuration, gives."""
        saved, bound = legacy_cursor_time(state, self.cursor_field, EXPORT_FIELDS), times.epoch(self.complete_until)
        if saved is None:
            return times.start_of(self.config)
        if bound is None or saved <= bound or not has_cursor_field(state, self.incomplete):
            return saved
        LOGGER.warning(
            "Stream %s: its state is one by `%s`, as Airbyte's connector kept it from 5.2 to 5.4, which missed changes "
            "by automations; going on from %s to bring them",
            stream, self.incomplete, self.complete_until,
        )  # fmt: skip
        return bound


class _CursorExportRead(ExportRead):
    def __init__(
        self, cursor: ExportCursor, state: State, paginator: CursorExportPaginator | RoutingExportPaginator
    ) -> None:
        self._field = cursor.cursor_field
        super().__init__(cursor.start(state, paginator.name), paginator)
        self._cursor: str | None = state.get("cursor")
        self._retried_cursor: str | None = None
        self._restarts_at: dict[int, int] = {}
        self.query = paginator.resume(self._cursor) if self._cursor else self._query_from_time()

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._field: self._time}
        return {**state, "cursor": self._cursor} if self._cursor else state

    def select_new(self, rows: list[Row]) -> list[Row]:
        return rows

    def advance(self, following: Query | None, answer: ParsedResponse, rows: list[Row], clock: list[Row]) -> None:
        seen = self._reached(row.get(self._field) for row in clock)
        self._time = max(self._time, min(seen or 0, answer.requested_at))
        # Rows that came without a cursor are put behind by their time.
        self._cursor = self._paginator.end(self.query or {}, answer.body) or (self._cursor if seen is None else None)
        self.query = following

    def recover_expired_cursor(self) -> bool:
        restarts = self._restarts_at.get(self._time, 0)
        if self._cursor is None or restarts == MAX_RESTARTS:
            return False
        if self._cursor != self._retried_cursor:
            self._retried_cursor = self._cursor
            return True
        self._restarts_at = {self._time: restarts + 1}
        self.restarts += 1
        self._cursor, self.query = None, self._query_from_time()
        return True
