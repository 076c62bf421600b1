"""Compares the rows of a stream with Zendesk's counts."""

from dataclasses import dataclass

from source_zendesk.extract.count_difference import CountDifference
from source_zendesk.printable import count_of


@dataclass(frozen=True)
class Comparison:
    """Compares the distinct rows of a read with Zendesk's counts `before` and `after` it.

    Only equal numbers prove that all rows were received, and only if no row was `created_during_sync`: such a row can
    compensate for a missing one. If the counts differ, the account changed; it may have changed by the same number
    again without a trace. `changed` rows were received that the counts may not include, `changed_recently` rows that
    they may no longer include, and `repeated` rows that a list may count more than once. A difference beyond all these
    proves that rows are missing or surplus.

    With `is_exact` the count covers exactly these rows, so that additional rows are surplus. With `is_superset` it also
    covers other rows, so that fewer rows prove nothing.
    """

    received: int
    before: int
    after: int
    difference: CountDifference
    is_exact: bool = False
    is_superset: bool = False
    created_during_sync: int = 0
    changed: int = 0
    changed_recently: int = 0
    repeated: int = 0

    @property
    def missing(self) -> int:
        """The number of rows that are certainly missing; negative for rows that are certainly surplus."""
        differs = self.difference
        lost = (
            0 if self.is_superset else max(differs.missing - differs.change - self.changed_recently - self.repeated, 0)
        )
        return lost or (-max(differs.extra - differs.change - self.changed, 0) if self.is_exact else 0)

    @property
    def agrees(self) -> bool | None:
        """True if exactly the counted rows were received, False if rows are missing or surplus, None if uncertain."""
        if self.missing:
            return False
        return None if self.unproved_reason else True

    @property
    def unproved_reason(self) -> str | None:
        """Why the numbers prove neither that all rows were received nor that some are missing; None if they do."""
        differs = self.difference
        if differs.change:
            return f"the count changed from {self.before} to {self.after} while the stream was read"
        if differs.missing and self.is_superset:
            return "the count includes rows that the stream does not read"
        if differs.missing and self.repeated:
            repeated = count_of(self.repeated, "was", "were")
            return f"fewer distinct rows were received than counted, and {repeated} received more than once"
        if differs.missing:
            recent = f"{self.changed_recently} changed during the sync or in the hour before it"
            return f"fewer rows were received than counted, and {recent}"
        if differs.extra:
            return "more rows were received than counted"
        if self.created_during_sync:
            created = count_of(self.created_during_sync, "row was created", "rows were created")
            return f"{created} during the sync, and can replace missing ones"
        return None
