"""The rows at the end of an export, which the next run receives again."""

import base64
import hashlib
from collections.abc import Iterable

import orjson

from source_zendesk import json_values
from source_zendesk.extract.extractors import Row

# With more rows, the state contains the newest of them: 10 KB.
MAX_ROWS = 1000
DIGEST_CHARACTERS = 10


class EmittedRows:
    """Recognizes the rows that an earlier run has emitted, by digests of their content.

    A row that has changed in any field is new. A digest has 60 bits: the probability that a changed row has the digest
    of one of a thousand others is 10^-15.

    State: the digests in one string, without separators.
    """

    def __init__(self, state: str | None) -> None:
        self._digests = split_digests(state)
        self._is_full = len(self._digests) >= MAX_ROWS

    def split(self, rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """The new rows of a page, and those that were emitted.

        Zendesk sorts an export by time, so the pages after one without emitted rows have none either. A full state
        lacks the oldest of the rows, so that its first pages can have none.
        """
        if not self._digests:
            return rows, []
        is_emitted = [digest(row) in self._digests for row in rows]
        if any(is_emitted):
            self._is_full = False
        elif not self._is_full:
            self._digests = set()
        return (
            [row for row, emitted in zip(rows, is_emitted, strict=True) if not emitted],
            [row for row, emitted in zip(rows, is_emitted, strict=True) if emitted],
        )


def digests_of(rows: Iterable[Row]) -> str:
    """The state for a run that emitted these rows last; a row that two pages contain counts once."""
    return join_digests(map(digest, rows))


def join_digests(digests: Iterable[str]) -> str:
    """The state with these digests, the newest last."""
    return "".join(list(dict.fromkeys(digests))[-MAX_ROWS:])


def split_digests(state: str | None) -> set[str]:
    """The digests in a state."""
    text = state or ""
    return {text[start : start + DIGEST_CHARACTERS] for start in range(0, len(text), DIGEST_CHARACTERS)}


def digest(row: Row) -> str:
    """The digest of the content of a row."""
    content = json_values.dumps(row, orjson.OPT_SORT_KEYS)
    return base64.urlsafe_b64encode(hashlib.blake2b(content, digest_size=8).digest()).decode()[:DIGEST_CHARACTERS]
