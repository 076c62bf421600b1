"""Answers that were parsed a moment ago."""

from collections import OrderedDict

from source_zendesk.components.requests.answer import Answer

MOST_BYTES = 8 * 1024 * 1024


class ParsedPages:
    """Keeps the newest answers as they were parsed, so many that they had `most_bytes` as text, and always one.

    Streams that read the same pages mostly do so at the same time. Not safe for threads.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._answers: OrderedDict[str, tuple[int, Answer]] = OrderedDict()
        self._bytes = 0

    def keep(self, key: str, length: int, answer: Answer) -> None:
        """Keep an answer of so many bytes, in the place of the oldest ones."""
        self.forget(key)
        self._answers[key] = length, answer
        self._bytes += length
        while self._bytes > self._most_bytes and len(self._answers) > 1:
            self.forget(next(iter(self._answers)))

    def get(self, key: str) -> Answer | None:
        """The answer, None where it is not kept."""
        return self._answers[key][1] if key in self._answers else None

    def forget(self, key: str) -> None:
        """Keep it no longer."""
        if key in self._answers:
            self._bytes -= self._answers.pop(key)[0]
