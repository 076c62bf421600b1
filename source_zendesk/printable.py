"""Text from outside, as it may be logged and shown."""

import logging
import re

# Control characters (C0 without tab and line break, C1), line and paragraph separators, bidirectional controls, and
# halves of surrogate pairs. A terminal obeys the first; the others forge lines, or cannot be encoded.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable_text(text: str) -> str:
    """The text without control characters; line breaks stay."""
    return _UNPRINTABLE.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def printable_line(text: str) -> str:
    """The text as one line without control characters."""
    return printable_text(" ".join(text.split()))


class PrintableFilter(logging.Filter):
    """A filter of a log handler, which makes each message printable."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message by its printable text; nothing is left out."""
        record.msg, record.args = printable_text(record.getMessage()), None
        return True
