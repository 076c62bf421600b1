"""The `{placeholders}` in the path of an endpoint."""

import re
from collections.abc import Mapping
from urllib.parse import quote

PLACEHOLDER = re.compile(r"{(\w+)}")


def placeholders_of(endpoint: str) -> list[str]:
    """Their names, in the order of the path."""
    return PLACEHOLDER.findall(endpoint)


def filled(endpoint: str, texts: Mapping[str, str]) -> str:
    """The path with its placeholders filled, each escaped so that no value can leave its place."""
    return PLACEHOLDER.sub(lambda match: quote(texts[match[1]], safe=""), endpoint)
