"""What somebody may have meant by a name that there is not."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`; did you mean a, b or c?`, with three names at most, the nearest first; empty where none is near."""
    *others, last = difflib.get_close_matches(name.strip().lower(), names, n=3) or [""]
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if last else ""
