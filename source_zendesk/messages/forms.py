"""What a value looks like, told without its content."""

import re
from collections.abc import Mapping
from typing import Any

NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "boolean",
    list: "list",
    dict: "object",
    type(None): "null",
}
# Words as an API names its fields, in snake or camel case, with three digits at most.
NAME = re.compile(r"(?=.{1,60}$)(?!(?:.*[0-9]){4})_{0,2}[a-z]+(?:(?:_|[0-9]|[A-Z](?=[a-z]))[a-z]*)*")
MOST_KEYS = 5


def form(value: Any) -> str:
    """Its kind and size: `text of 12 digits`, `object with keys a, b`, `list of numbers`; nothing of what it says."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        return f"list of {_name(value[0])}s" if value else "empty list"
    return _name(value)


def is_name(key: str) -> bool:
    """Whether a key is a plain name; others may be content: addresses, ids, tokens, people."""
    return NAME.fullmatch(key) is not None


def _name(value: Any) -> str:
    return NAMES.get(type(value), "value")


def _text(text: str) -> str:
    if not text:
        return "empty text"
    return f"text of {len(text)} {'digits' if text.isdecimal() else 'characters'}"


def _object(value: Mapping[str, Any]) -> str:
    shown = [key for key in value if is_name(key)][:MOST_KEYS]
    rest = len(value) - len(shown)
    if not shown:
        return f"object with {rest} keys" if rest else "empty object"
    return f"object with keys {', '.join(shown)}" + (f" and {rest} more" if rest else "")
