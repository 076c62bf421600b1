"""The parents that a read has requested, so that later pages of parents do not request them again."""

from typing import Any

# Two generations of this size: some 20 MB. A read with more parents forgets the oldest, and may repeat them.
MAX_PARENTS = 100_000


class RequestedParents:
    """Decides which parents a read must request, if several pages of parents contain the same one.

    A parent is requested again only if it changed after the page for which it was requested. Not thread-safe.
    """

    def __init__(self) -> None:
        self._newer: dict[int, int] = {}
        self._older: dict[int, int] = {}

    def is_due(self, values: dict[str, Any], changed_at: int | None, requested_at: int) -> bool:
        """Whether to request a parent of a page; records the request if so.

        Zendesk received the request for the page at `requested_at`, so the children of the parent are requested later.
        They include every change in an earlier second. `changed_at` is None if the parent has no time: it is always
        requested.
        """
        if changed_at is None:
            return True
        key = hash(tuple(values.items()))
        known = self._newer.get(key, self._older.get(key))
        if known is not None and changed_at < known:
            return False
        if len(self._newer) >= MAX_PARENTS:
            self._older, self._newer = self._newer, {}
        self._newer[key] = requested_at
        return True
