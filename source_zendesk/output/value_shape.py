"""The shape of a value, for messages that must not contain the value."""

import re
from collections.abc import Mapping
from typing import Any

from source_zendesk.printable import join_first

TYPE_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "boolean",
    list: "list",
    dict: "object",
    type(None): "null",
}
# Field names of an API: words in snake or camel case, with at most three digits.
PLAIN_NAME = re.compile(r"(?=.{1,60}$)(?!(?:.*[0-9]){4})_{0,2}[a-z]+(?:(?:_|[0-9]|[A-Z](?=[a-z]))[a-z]*)*")
MAX_KEYS = 5


def value_shape(value: Any) -> str:
    """The type and size of a value without its content: `text of 12 digits`, `object with keys a, b`."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        return f"list of {_name(value[0])}s" if value else "empty list"
    return _name(value)


def is_plain_name(key: str) -> bool:
    """Whether a key is a field name; other keys may be content: addresses, ids, tokens, names of people."""
    return PLAIN_NAME.fullmatch(key) is not None


def _name(value: Any) -> str:
    return TYPE_NAMES.get(type(value), "value")


def _text(text: str) -> str:
    if not text:
        return "empty text"
    return f"text of {len(text)} {'digits' if text.isdecimal() else 'characters'}"


def _object(value: Mapping[str, Any]) -> str:
    plain = [key for key in value if is_plain_name(key)]
    if not plain:
        return f"object with {len(value)} keys" if value else "empty object"
    return f"object with keys {join_first(plain, MAX_KEYS, total=len(value))}"
