"""A page of records, and the readers of pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row


@dataclass
class Page:
    """The new rows of one response; `resume_state` resumes a read at this page, `next_state` after it.

    `requested_at` is the epoch second of the request by Zendesk's clock, `reported_count` is Zendesk's count of the
    whole list, None if it has none.
    """

    rows: list[Row]
    resume_state: State
    next_state: State
    requested_at: int = 0
    reported_count: int | None = None


class PageReader(Protocol):
    """Reads the pages of a parent stream."""

    def read_pages(self, state: State) -> Iterator[Page]:
        """The pages from a state on."""


class ChildReader(Protocol):
    """Reads the pages of a substream for one parent."""

    def read_pages(self, state: State, values: Mapping[str, Any]) -> Iterator[Page]:
        """The pages from a state on, for the parent with these values."""
