"""One read through the pages of an endpoint."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Any

from source_zendesk import times
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.pagination.base import Query
from source_zendesk.components.requests.answer import Answer

State = dict[str, Any]
LOGGER = logging.getLogger("airbyte")
# Servers of one account may differ by some seconds.
UNREMARKABLE_SECONDS = 60


def until_present(time: int, answer: Answer, lag: int, stream: str) -> int:
    """The time of a state, but no later than Zendesk's present; a later one becomes the present less `lag` seconds.

    Otherwise rows that change before that time would be lost.
    """
    if time <= answer.asked_at:
        return time
    present = max(answer.asked_at - lag, 0)
    if time > answer.asked_at + UNREMARKABLE_SECONDS:
        LOGGER.warning(
            "Stream %s: its state has the time %s, which is later than Zendesk's clock; going on from %s",
            stream, times.iso(time), times.iso(present),
        )  # fmt: skip
    return present


class Progress(ABC):
    """How far one read has come.

    `query` asks for the next page, None when there is none; `state` resumes the read at that page. `restarts` counts
    how often it went back to pages that it has had. `refused` are the query parameters that Zendesk does not know here.
    Not shared between threads.
    """

    query: Query | None
    state: State
    restarts = 0
    refused: Collection[str] = ()

    def begin(self, answer: Answer) -> None:  # noqa: B027  # most need no more than the query
        """Note that the page at hand was answered, before anything is taken from it."""

    @abstractmethod
    def keep(self, rows: list[Row]) -> list[Row]:
        """The rows of the page at hand that are to be emitted."""

    def older(self, rows: list[Row]) -> list[Row]:
        """The rows of the page at hand that are not emitted because an earlier run has emitted them."""
        return []

    @abstractmethod
    def turn(self, following: Query | None, answer: Answer, rows: list[Row], clock: list[Row]) -> None:
        """Put the page at hand behind; `following` asks for the one after it, `clock` are the rows that tell time."""

    def expired(self) -> bool:
        """Try a cursor that Zendesk refuses once more, then forget it and go back to the time or the beginning.

        False where there is nothing to forget.
        """
        return False

    def too_recent(self, now: int) -> bool:
        """Begin earlier, since Zendesk refuses the time as too near to its `now`; False where there is none to move."""
        return False
