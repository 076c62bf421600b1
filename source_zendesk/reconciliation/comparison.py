"""Whether what came is what is counted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """The rows that came, beside the numbers of them `before` and `after` they were read.

    Where the numbers differ, the account changed meanwhile, and may have changed by as much again unseen. With
    `is_exact` these rows and no others are counted, so that more of them are too many; with `is_wider` rows that
    are not due are counted as well, so that fewer prove nothing. Of those that came `fresh` were made meanwhile,
    and may stand beside others that are counted no more.
    """

    came: int
    before: int
    after: int
    is_exact: bool = False
    is_wider: bool = False
    fresh: int = 0

    @property
    def missing(self) -> int:
        """How many rows did not come, below zero how many are too many, whatever changed meanwhile."""
        change = abs(self.after - self.before)
        low, high = min(self.before, self.after) - change, max(self.before, self.after) + change
        return max(low - self.came, 0) or min(high + self.fresh - self.came, 0)

    @property
    def agrees(self) -> bool | None:
        """True where all came and nothing else, False where rows are missing or too many, None where it is not sure."""
        if (self.missing < 0 and not self.is_exact) or (self.missing > 0 and self.is_wider):
            return None
        return self.missing == 0
