"""The cursor of cursor-based exports."""

import logging
from dataclasses import dataclass

from source_zendesk import times
from source_zendesk.extract.cursors.base import Cursor, ExportRead, IncrementalRead, PageRows, State
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, has_cursor_field, legacy_cursor_time
from source_zendesk.extract.export_paginators import CursorExportPaginator, RoutingExportPaginator
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.paginator import Query
from source_zendesk.http.response import ParsedResponse

LOGGER = logging.getLogger("airbyte")


@dataclass
class ExportCursor(Cursor):
    """Resumes a cursor-based export where the last run stopped; reads every row once.

    State: `{<cursor_field>: epoch seconds of the newest row, "cursor": Zendesk's cursor}`. If the cursor is missing or
    expired, the read resumes at the time, which may have any form. A state with the cursor field `incomplete`, which
    not every change updates, resumes at `complete_until` at the latest. If Zendesk keeps the rows for `kept_hours`
    only, rows are lost after an expired cursor; a warning names the time of the last one before.
    """

    incomplete: str = ""
    complete_until: str = ""
    kept_hours: int = 0

    @property
    def server_filter(self) -> str:
        """The cursor of the export, or its time."""
        return "cursor"

    def open(
        self, state: State, paginator: CursorExportPaginator | RoutingExportPaginator, keys: list[str]
    ) -> IncrementalRead:
        """Start a read, or resume the one in the state."""
        return _CursorExportRead(self, state, paginator)

    def start(self, state: State, stream: str) -> int:
        """The epoch second at which a read starts, from the state or the configuration."""
        cursor_time = legacy_cursor_time(state, self.cursor_field, EXPORT_FIELDS)
        bound = times.epoch(self.complete_until)
        if cursor_time is None:
            return times.start_of(self.config)
        if bound is None or cursor_time <= bound or not has_cursor_field(state, self.incomplete):
            return cursor_time
        LOGGER.warning(
            "Stream %s: its state has the cursor field `%s` of Airbyte's connector 5.2 to 5.4, which missed changes by "
            "automations; resuming at %s to read them",
            stream, self.incomplete, self.complete_until,
        )  # fmt: skip
        return bound


class _CursorExportRead(ExportRead):
    def __init__(
        self, cursor: ExportCursor, state: State, paginator: CursorExportPaginator | RoutingExportPaginator
    ) -> None:
        self._field, self._kept_hours = cursor.cursor_field, cursor.kept_hours
        super().__init__(cursor.start(state, paginator.name), paginator)
        self._cursor: str | None = state.get("cursor")
        self._retried_cursor: str | None = None
        self.query = paginator.resume(self._cursor) if self._cursor else self._query_from_time()

    @property
    def state(self) -> State:  # type: ignore[override]
        state: State = {self._field: self._time}
        return {**state, "cursor": self._cursor} if self._cursor else state

    def select_new(self, rows: list[Row]) -> list[Row]:
        return rows

    def advance(self, next_query: Query | None, response: ParsedResponse, page: PageRows) -> None:
        seen = self._latest_time(row.get(self._field) for row in page.cursor_rows)
        self._time = max(self._time, min(seen or 0, response.requested_at))
        # After rows without a cursor, the read resumes at their time.
        self._cursor = self._paginator.end_cursor(self.query or {}, response.body) or (
            self._cursor if seen is None else None
        )
        self.query = next_query

    def recover_expired_cursor(self) -> bool:
        if self._cursor is None or not self._can_restart:
            return False
        if self._cursor != self._retried_cursor:
            self._retried_cursor = self._cursor
            return True
        if self._kept_hours:
            self._warn_of_lost_rows()
        self._cursor = None
        self._restart()
        return True

    def _warn_of_lost_rows(self) -> None:
        LOGGER.warning(
            "Stream %s: its saved position is older than the %s hours for which Zendesk keeps events. The events "
            "between %s and the oldest one that Zendesk keeps are lost. The lists of the same objects contain all "
            "changes, but no deletions: refresh those streams to remove deleted records. Sync at least every %s hours",
            self._paginator.name, self._kept_hours, times.iso(self._time), self._kept_hours,
        )  # fmt: skip
