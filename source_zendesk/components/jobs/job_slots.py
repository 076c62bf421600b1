"""The number of jobs that an account takes at a time."""

import threading

# https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
MOST_JOBS = 30


class JobSlots:
    """Lets at most thirty jobs of all streams be in flight. Safe for threads."""

    def __init__(self, most: int = MOST_JOBS) -> None:
        self._slots = threading.BoundedSemaphore(most)

    def take(self, *, wait: bool) -> bool:
        """Take a slot; without `wait`, False where none is free."""
        return self._slots.acquire(blocking=wait)

    def give_back(self) -> None:
        """A job has ended."""
        self._slots.release()
