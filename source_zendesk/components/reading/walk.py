"""A walk through the pages of a stream."""

from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.extraction.base import Row


@dataclass
class Page:
    """The new rows of one answer; `before` resumes a walk at this page and `after` behind it."""

    rows: list[Row]
    before: State
    after: State
    body: Any = field(default=None, repr=False)
