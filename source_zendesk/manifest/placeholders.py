"""The `{placeholders}` in the path of an endpoint and their values."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote, unquote

PLACEHOLDER = re.compile(r"{(\w+)}")


class InvalidPathValueError(ValueError):
    """A value that is not a valid path segment, because it would change the path."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` is not a valid path segment: it is empty, starts with a dot or contains non-printable "
            "characters, as a whole or between slashes"
        )


def find_placeholders(path: str) -> list[str]:
    """The names of the placeholders in the order of the path."""
    return PLACEHOLDER.findall(path)


def path_resource(path: str) -> str:
    """The last segment of the path that is not a placeholder: the resource of the endpoint."""
    return [part for part in path.split("/") if part and not PLACEHOLDER.fullmatch(part)][-1]


def fill_path(path: str, values: Mapping[str, str]) -> str:
    """Fill the placeholders of a path with percent-encoded values.

    Raises `InvalidPathValueError` for a value that is unsafe even when encoded: `/users/1/sessions/..` is the user
    and `/users/1/sessions/.json` is the list of all sessions.
    """
    for name in find_placeholders(path):
        check_value(name, values[name])
    return PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), path)


def check_value(name: str, text: str) -> None:
    """Raise `InvalidPathValueError` for a text that is not a valid path segment, even after repeated decoding."""
    plain = _decode_fully(text)
    parts = [part.strip() for part in re.split(r"[/\\]", plain)]
    if any(not part or part.startswith(".") for part in parts) or not plain.isprintable():
        raise InvalidPathValueError(name)


def _decode_fully(text: str) -> str:
    while (plain := unicodedata.normalize("NFKC", unquote(text))) != text:
        text = plain
    return text
