"""Whether what came is what is counted."""

from dataclasses import dataclass

from source_zendesk.extract.count_difference import CountDifference


@dataclass(frozen=True)
class Comparison:
    """The different rows that came, beside the counts `before` and `after` they were read.

    Only equal numbers prove that all rows came, and only where no row is `fresh`: one that was created meanwhile can
    stand in for one that is missing. Where the counts differ, the account changed, and may have changed by as much
    again unseen; `changed` rows came that may not be in the counts, `left` rows that may be in them no more, and
    `repeated` rows came again, which a list may count as it sends them. Beyond that rows are missing or too many.

    With `is_exact` these rows and no others are counted, so that more of them are too many. With `is_wider` other rows
    are counted as well, so that fewer prove nothing.
    """

    received: int
    before: int
    after: int
    difference: CountDifference
    is_exact: bool = False
    is_wider: bool = False
    created_during_sync: int = 0
    changed: int = 0
    changed_recently: int = 0
    repeated: int = 0

    @property
    def missing(self) -> int:
        """How many rows are certainly missing; below zero how many are certainly too many."""
        differs = self.difference
        lost = 0 if self.is_wider else max(differs.missing - differs.change - self.changed_recently - self.repeated, 0)
        return lost or (-max(differs.extra - differs.change - self.changed, 0) if self.is_exact else 0)

    @property
    def agrees(self) -> bool | None:
        """True where all came and nothing else, False where rows are missing or too many, None where it is not sure."""
        if self.missing:
            return False
        return None if self.unproved_reason else True

    @property
    def unproved_reason(self) -> str | None:
        """Why the numbers neither prove that all rows came nor that some are missing; None where they prove it."""
        differs = self.difference
        if differs.change:
            return f"the count changed from {self.before} to {self.after} while the stream was read"
        if differs.missing and self.is_wider:
            return "the count includes rows that the stream does not bring"
        if differs.missing and self.repeated:
            return f"fewer distinct rows came than are counted, and {self.repeated} came more than once"
        if differs.missing:
            recent = f"{self.changed_recently} changed during the sync or in the hour before it"
            return f"fewer rows came than are counted, and {recent}"
        if differs.extra:
            return "more rows came than are counted"
        if self.created_during_sync:
            return f"{self.created_during_sync} rows were created during the sync, and can stand in for missing ones"
        return None
