"""The difference between a number of rows and Zendesk's counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CountDifference:
    """Rows `missing` compared with both counts, rows `extra` to both, and the `change` between the counts."""

    missing: int = 0
    extra: int = 0
    change: int = 0

    @classmethod
    def between(cls, received: int, before: int, after: int) -> "CountDifference":
        """The difference between the received rows and the counts before and after their read."""
        low, high = sorted((before, after))
        return cls(max(low - received, 0), max(received - high, 0), high - low)

    def __add__(self, other: "CountDifference") -> "CountDifference":
        """The sum over two lists; an extra row in one does not compensate for a missing row in the other."""
        return CountDifference(self.missing + other.missing, self.extra + other.extra, self.change + other.change)
