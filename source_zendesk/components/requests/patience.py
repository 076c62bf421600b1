"""How long something is tried."""

from typing import NamedTuple


class Patience(NamedTuple):
    """Seconds to connect, to wait for an answer, and to try again and again.

    `retries_connecting` says whether a name that cannot be resolved or a connection that is refused is tried again too.
    """

    connect: float
    answer: float
    in_all: float
    retries_connecting: bool = True

    @property
    def timeout(self) -> tuple[float, float]:
        """What `requests` takes."""
        return self.connect, self.answer


PATIENT = Patience(30, 120, 300)
# For `check`, which somebody looks on at, and which asks for two things after the token.
CHECKING = Patience(4, 10, 12, retries_connecting=False)
# For the other streams of a sync when one has tried for long.
HURRIED = Patience(4, 10, 1)
