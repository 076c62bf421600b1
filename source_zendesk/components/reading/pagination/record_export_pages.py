"""Pages of the exports of custom object records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_zendesk.components.reading import page_fields
from source_zendesk.components.reading.pagination.base import Query
from source_zendesk.components.reading.pagination.export_cursor_pages import ExportCursorPages
from source_zendesk.errors import PaginationError


@dataclass
class RecordExportPages(ExportCursorPages):
    """Starts at `start_time` and goes on by `cursor`; stops when `meta.has_more` is false.

    https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/
    """

    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """Go on from `meta.after_cursor`, or from that of `after_url`."""
        has_more = page_fields.flag(page_fields.section(body, "meta"), "has_more")
        if has_more is None:
            return super().following(query, body, rows)
        if not has_more:
            return None
        cursor = self.end(query, body)
        if cursor is None:
            raise PaginationError(self.name, "the export has more but gives no `after_cursor`", "Run the sync again")
        return self.resume(cursor)

    def end(self, query: Query, body: Mapping[str, Any]) -> str | None:
        """The cursor behind the last row of an answer, None where the answer has none."""
        cursor = page_fields.cursor(page_fields.section(body, "meta"), "after_cursor")
        return cursor or super().end(query, body)
