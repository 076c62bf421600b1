"""How long something is tried."""

from typing import NamedTuple


class Patience(NamedTuple):
    """Seconds to connect, to wait for an answer, and to try again and again."""

    connect: float
    answer: float
    in_all: float

    @property
    def timeout(self) -> tuple[float, float]:
        """What `requests` takes."""
        return self.connect, self.answer


PATIENT = Patience(30, 120, 300)
# For somebody who looks on: `check` asks three things, and the first that fails ends it.
HURRIED = Patience(4, 10, 1)
