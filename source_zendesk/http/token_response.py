"""Tokens in a token response of any form, and the secrets to redact in it."""

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import requests

from source_zendesk.http.error_text import parse_json
from source_zendesk.http.response import parse_serializable

# In seconds: the lifetime without a valid `expires_in`, and the maximum valid `expires_in`.
DEFAULT_LIFETIME, LONGEST_LIFETIME = 3600, 10 * 365 * 86400
TOKEN_FIELD = re.compile(rb'"(access_token|refresh_token)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")', re.DOTALL)
# Also within a JSON text in a text, or a query.
QUOTED_TOKEN = re.compile(rb'(?:access|refresh)_token(?:\\*"\s*:\s*\\*"|=)([^"\\&\s<]+)')


def parse_token_response(response: requests.Response) -> Any:
    """The body; an access or refresh token that it lacks is taken from its bytes. None for what contains neither.

    A body may be cut off or in UTF-16, and a proxy may wrap it into another: the tokens before those in it are spent.
    """
    body, found = parse_json(response), find_tokens(response.content)
    if not found:
        return body
    body = body if isinstance(body, Mapping) else {}
    return {**body, **{field: token for field, token in found.items() if not isinstance(body.get(field), str)}}


def find_tokens(content: bytes) -> dict[str, str]:
    """The access and refresh token in a body of any form."""
    found: dict[str, str] = {}
    for name, text in TOKEN_FIELD.findall(_without_nulls(content)):
        with contextlib.suppress(ValueError):
            found[name.decode()] = parse_serializable(text)
    return found


def quoted_tokens(content: bytes) -> list[str]:
    """Every text in a body that may be a token; no message may quote them."""
    quoted = QUOTED_TOKEN.findall(_without_nulls(content))
    return [*find_tokens(content).values(), *(token.decode("utf-8", "replace") for token in quoted)]


def parse_lifetime(value: Any) -> int:
    """The seconds of an `expires_in`, or the default if it is not a valid number."""
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_LIFETIME
    return int(seconds) if 1 <= seconds <= LONGEST_LIFETIME else DEFAULT_LIFETIME


def is_refresh_token(value: object) -> bool:
    """Whether it is printable ASCII, as https://www.rfc-editor.org/rfc/rfc6749#appendix-A.17 requires."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def _without_nulls(content: bytes) -> bytes:
    """ASCII for the ASCII in UTF-16 and UTF-32, whatever its byte order and wherever it is cut off."""
    return content.replace(b"\0", b"")
