"""Lists that begin at a first page."""

from abc import abstractmethod

from source_zendesk.components.reading.cursors.progress import Progress
from source_zendesk.components.reading.pagination.base import Query

# The parameters that name a place in a list which may no longer be there; page numbers always are.
CURSORS = frozenset({"page[after]", "page[before]", "cursor"})
# A list whose cursors keep expiring is too slow to be read to its end.
MOST_RESTARTS = 3


class FromFirst(Progress):
    """A read of a list from its first page on, and again from there when a page cursor no longer holds."""

    _doubted: Query | None = None

    @abstractmethod
    def _first(self) -> Query:
        """What asks for the first page."""

    def expired(self) -> bool:
        """Try the cursor once more, then begin again; False where there is none, or after too many beginnings."""
        if self.restarts >= MOST_RESTARTS or not CURSORS.intersection(self.query or ()):
            return False
        if self.query != self._doubted:
            self._doubted = self.query
            return True
        self.query, self.restarts = self._first(), self.restarts + 1
        return True
