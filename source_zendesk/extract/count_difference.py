"""How far a number of rows is from what Zendesk counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CountDifference:
    """Rows that are `missing` from both counts, or `extra` to both, and by how much the counts differ themselves."""

    missing: int = 0
    extra: int = 0
    change: int = 0

    @classmethod
    def between(cls, came: int, before: int, after: int) -> "CountDifference":
        """The difference of the rows that came from the counts before and after they were read."""
        low, high = sorted((before, after))
        return cls(max(low - came, 0), max(came - high, 0), high - low)

    def __add__(self, other: "CountDifference") -> "CountDifference":
        """The difference of two lists, where an extra row in one makes up for no missing row in the other."""
        return CountDifference(self.missing + other.missing, self.extra + other.extra, self.change + other.change)
