"""The account's list of jobs."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.sources.declarative.requesters.requester import Requester

from source_zendesk.extract import page_fields
from source_zendesk.extract.extractors import Row
from source_zendesk.http.error_text import parse_json
from source_zendesk.http.rate_limit_retry import send_within_limit
from source_zendesk.http.response import UndocumentedValueError

PAGE_SIZE = 100
# The list starts with the newest jobs.
MAX_PAGES = 10


@dataclass
class JobList:
    """Finds the status of a job without that job's own endpoint: by its id, then among the newest thousand jobs.

    https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/#list-job-statuses
    """

    name: str
    requester: Requester
    endpoint: str

    def find(self, identifier: str) -> Row | None:
        """The status document of the job; None if the list does not contain it or Zendesk refuses the list."""
        rows = (row for body in self._bodies(identifier) for row in _rows(body))
        return next((row for row in rows if str(row.get("id")) == identifier and "status" in row), None)

    def _bodies(self, identifier: str) -> Iterator[Any]:
        yield self._get(f"{self.endpoint}/show_many", {"ids": identifier})
        query = {"page[size]": str(PAGE_SIZE)}
        for _ in range(MAX_PAGES):
            body = self._get(self.endpoint, query)
            yield body
            cursor = _cursor(body)
            if not cursor:
                return
            query = {**query, "page[after]": cursor}

    def _get(self, path: str, query: Mapping[str, str]) -> Any:
        response = send_within_limit(self.name, lambda: self.requester.send_request(path=path, request_params=query))
        return None if response is None or response.status_code >= 400 else response_body(response)


def response_body(response: requests.Response) -> Any:
    """The parsed body of a response."""
    return getattr(response, "zendesk_body", None) or parse_json(response)


def _rows(body: Any) -> list[Row]:
    rows = body.get("job_statuses") if isinstance(body, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _cursor(body: Any) -> str | None:
    """The cursor of the next page; None if there is none, or the response is not that of a list."""
    with suppress(UndocumentedValueError):
        meta = page_fields.section(body if isinstance(body, dict) else {}, "meta")
        return page_fields.cursor(meta, "after_cursor") if page_fields.flag(meta, "has_more") else None
    return None
