"""Answers to writes that were done in part."""

from collections.abc import Mapping

import requests

from source_zendesk.components.actions.action import Action, as_query
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.requests.error_text import json_of

UNPROCESSABLE = 422


def undone(action: Action, response: requests.Response | None, key: str) -> list[Row]:
    """What is listed under `key` as not done, where the rest of the ids was; empty where nothing was done.

    https://developer.zendesk.com/api-reference/ticketing/tickets/suspended_tickets/#recover-suspended-ticket
    """
    if not key or response is None or response.status_code != UNPROCESSABLE:
        return []
    rows = _listed(response, key)
    failed = {str(row.get("id")) for row in rows}
    return rows if _ids(action) - failed else []


def _listed(response: requests.Response, key: str) -> list[Row]:
    body = json_of(response)
    found = body.get(key) if isinstance(body, Mapping) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _ids(action: Action) -> set[str]:
    text = as_query("ids", action.parameters.get("ids", ""))
    return {part.strip() for part in str(text).split(",") if part.strip()}
