"""External text without control characters, safe for logs and terminals."""

import logging
import re
from collections.abc import Sequence

# Control characters (C0 except tab and line break, C1), line and paragraph separators, bidirectional controls, and
# unpaired surrogates. A terminal executes the first; the others forge lines, reorder text or cannot be encoded.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable_text(text: str) -> str:
    """The text with its control characters replaced; line breaks stay."""
    return _UNPRINTABLE.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def printable_line(text: str) -> str:
    """The text as one line with its control characters replaced."""
    return printable_text(" ".join(text.split()))


def join_first(
    texts: Sequence[str], limit: int, separator: str = ", ", *, conjunction: str = " and ", total: int = 0
) -> str:
    """The first `limit` texts and the number of the others, of `total` if there are more: `a, b and 3 more`."""
    shown = texts[:limit]
    rest = max(total, len(texts)) - len(shown)
    return separator.join(shown) + (f"{conjunction}{rest} more" if rest else "")


def count_of(count: int, singular: str, plural: str = "") -> str:
    """The number with the noun in its form: `1 row`, `2,000 rows`; `plural` is needed if it does not only add an s."""
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


class PrintableFilter(logging.Filter):
    """Log filter that makes each message printable."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message with its printable text; no record is dropped."""
        record.msg, record.args = printable_text(record.getMessage()), None
        return True
