"""The retriever of endpoints that return a file instead of records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk import times
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.page import Page
from source_zendesk.extract.page_retriever import PageRetriever

ADDRESS = "content_url"


@dataclass
class FileAddressRetriever(PageRetriever):
    """Emits one record for each slice: its values, and the address of the file in `content_url`.

    It sends no request: the file transfer requests the address if the stream includes its files.
    """

    def read_pages(self, state: State, values: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """One page with one record; raises `ParentSkipped` for values that cannot be in a path."""
        values = values or {}
        counts = self.context.row_counts.start_read(state, values)
        row = {ADDRESS: f"{self.config['api_url']}{self._page_requester.path(values)}"}
        yield Page(self._normalizer.transform([row], values, times.now()), {}, {})
        counts.finish()
