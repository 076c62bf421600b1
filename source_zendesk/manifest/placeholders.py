"""The `{placeholders}` in the path of an endpoint."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote, unquote

PLACEHOLDER = re.compile(r"{(\w+)}")


class InvalidPathValueError(ValueError):
    """A value that would make another path of the one it is put into."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` cannot stand in a path, where Zendesk would take the request for another: it is "
            "empty, begins with a dot or holds characters that are not printed, as a whole or between slashes"
        )


def placeholders_of(endpoint: str) -> list[str]:
    """Their names, in the order of the path."""
    return PLACEHOLDER.findall(endpoint)


def path_resource(endpoint: str) -> str:
    """The last word of the path that is no placeholder: what the endpoint is about."""
    return [part for part in endpoint.split("/") if part and not PLACEHOLDER.fullmatch(part)][-1]


def fill_path(endpoint: str, texts: Mapping[str, str]) -> str:
    """Return the path with its placeholders filled by percent-encoded values.

    Raises `InvalidPathValueError` for a value that is unsafe even when encoded: `/users/1/sessions/..` is the user,
    and `/users/1/sessions/.json` the list of all sessions.
    """
    for name in placeholders_of(endpoint):
        check_value(name, texts[name])
    return PLACEHOLDER.sub(lambda match: quote(texts[match[1]], safe=""), endpoint)


def check_value(name: str, text: str) -> None:
    """Raise `InvalidPathValueError` for a text that is not a valid path segment, also after repeated decoding."""
    plain = _unescaped(text)
    parts = [part.strip() for part in re.split(r"[/\\]", plain)]
    if any(not part or part.startswith(".") for part in parts) or not plain.isprintable():
        raise InvalidPathValueError(name)


def _unescaped(text: str) -> str:
    while (plain := unicodedata.normalize("NFKC", unquote(text))) != text:
        text = plain
    return text
