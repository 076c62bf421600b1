"""The response to a write: its records, and the items that Zendesk did not change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.transformations import redact_paths
from source_zendesk.http.error_text import parse_json
from source_zendesk.writes.action import Action, query_value

UNPROCESSABLE = 422


def failed_items(action: Action, response: requests.Response | None, key: str) -> list[Row]:
    """The failed items under `key` if Zendesk did the other ids of the action; empty if it did none.

    https://developer.zendesk.com/api-reference/ticketing/tickets/suspended_tickets/#recover-suspended-ticket
    """
    if not key or response is None or response.status_code != UNPROCESSABLE:
        return []
    rows = _rows_at_key(response, key)
    failed = {str(row.get("id")) for row in rows}
    return rows if _requested_ids(action) - failed else []


def _rows_at_key(response: requests.Response, key: str) -> list[Row]:
    body = parse_json(response)
    rows = body.get(key) if isinstance(body, Mapping) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _requested_ids(action: Action) -> set[str]:
    text = query_value("ids", action.parameters.get("ids", ""))
    return {part.strip() for part in str(text).split(",") if part.strip()}


@dataclass
class WriteResponseExtractor(RecordExtractor):
    """Extracts the object or list under `record_key`, or the whole response; an empty response is one empty record.

    So is an empty text, the response to a new source locale of an article. Never raises: Zendesk has done the write,
    and an error would cause a repetition. A bare value becomes a record with the field `item_field`. The paths in
    `redacted` are redacted.
    """

    item_field: str = ""
    redacted: list[str] = field(default_factory=list)

    def extract(self, body: Any) -> list[Row]:
        """At least one record."""
        content = body.get(self.record_key, body) if self.record_key and isinstance(body, dict) else body
        items = content if isinstance(content, list) else [content]
        return redact_paths([self._row(item) for item in items if item not in (None, "")], self.redacted) or [{}]

    def _row(self, item: Any) -> Row:
        return item if isinstance(item, dict) else {self.item_field or "value": item}
