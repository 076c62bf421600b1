"""Descriptions of error responses in one line; no function here raises, whatever the body contains.

https://developer.zendesk.com/api-reference/introduction/requests/#error-format
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_zendesk.http.response import parse_serializable
from source_zendesk.printable import printable_line

MAX_LINE_CHARACTERS, MAX_CHARACTERS = 300, 20_000
# The keys of the error formats of Zendesk, OAuth and JSON:API, in the order of the description.
CAUSES = ("error", "code", "title", "description", "error_description", "message", "detail", "details", "errors")
MAX_DEPTH, MAX_ITEMS = 6, 20
WHOLE_OBJECT = "base"
NO_REASON = "no reason given"
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def error_text(response: requests.Response) -> str:
    """The reason in an error response, printable and redacted; empty if there is none."""
    body = parse_json(response)
    return one_line(body_text(response) if body is None else describe_value(body))


def reason_text(response: requests.Response) -> str:
    """The same, or a text that says that there is none."""
    return error_text(response) or NO_REASON


def embedded_error(body: Any) -> str:
    """The error in the body of a response of status 200, as in ` (it has the error: ...)`; empty if there is none."""
    found = {name: body[name] for name in CAUSES if body.get(name)} if isinstance(body, Mapping) else {}
    text = one_line(describe_value(found)) if found.keys() & {"error", "errors"} else ""
    return f" (it has the error: {text})" if text else ""


def name_credentials(text: str, field: str) -> str:
    """A text about `credentials` and `subdomain`, for a product whose access is in another field of the configuration.

    The address of a product depends on its own field too.
    """
    if field == "credentials":
        return text
    return text.replace("`credentials", f"`{field}").replace("`subdomain`", f"`subdomain` and `{field}`")


def warning_text(response: requests.Response) -> str:
    """Zendesk's warning about parts of a write that it ignored; empty if there is none."""
    header = response.headers.get("X-Zendesk-API-Warn") or ""
    return one_line(header.encode("latin-1", "replace").decode("utf-8", "replace"))


def error_code(response: requests.Response) -> str:
    """The error code, as in `{"error": code}` or `{"error": {"title": code}}`; empty if there is none."""
    body = parse_json(response)
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("title") if isinstance(error, dict) else error
    return code if isinstance(code, str) else ""


def parse_json(response: requests.Response) -> Any:
    """The parsed body; None if it is not JSON."""
    try:
        return parse_serializable(response.content or b"")
    except (ValueError, RecursionError):
        return None


def body_text(response: requests.Response, *, strips_markup: bool = True) -> str:
    """The body as UTF-8 text, whatever charset the header declares; for a web page, its title or its plain text."""
    text = (response.content or b"").decode("utf-8-sig", "replace")
    if not strips_markup or not is_web_page(response):
        return text
    text = text[:MAX_CHARACTERS]
    title = _TITLE.search(text)
    return title[1] if title and title[1].strip() else _MARKUP.sub(" ", text)


def is_web_page(response: requests.Response) -> bool:
    """Whether the body is a web page, such as those of firewalls and proxies."""
    return (response.content or b"")[:MAX_CHARACTERS].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def describe_value(value: Any, depth: int = 0) -> str:
    """The reasons in a JSON value: those under the known keys of an object, otherwise those of each field."""
    if value is None or isinstance(value, bool) or depth > MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return _join_unique("; ", (describe_value(item, depth + 1) for item in value[:MAX_ITEMS]))
    if not isinstance(value, Mapping):
        return str(value)
    known = [key for key in CAUSES if value.get(key)]
    if not known:
        return _describe_fields(value, depth)
    return _join_unique(": ", (_describe_field(key, value[key], depth + 1) for key in known))


def _describe_field(key: str, value: Any, depth: int) -> str:
    """Objects under `details` and `errors` have field names as keys, which may equal a key of `CAUSES`."""
    is_by_field = key in ("details", "errors") and isinstance(value, Mapping)
    return _describe_fields(value, depth) if is_by_field else describe_value(value, depth)


def _describe_fields(fields: Mapping[str, Any], depth: int) -> str:
    texts = [(name, describe_value(value, depth + 1)) for name, value in [*fields.items()][:MAX_ITEMS]]
    return _join_unique("; ", (text if name == WHOLE_OBJECT else f"{name}: {text}" for name, text in texts if text))


def _join_unique(separator: str, texts: Iterator[str]) -> str:
    """The texts without duplicates, joined."""
    return separator.join(text for text in dict.fromkeys(texts) if text)


def one_line(text: str, max_characters: int = MAX_LINE_CHARACTERS) -> str:
    """An external text as one printable, redacted line.

    Secrets are redacted before the line is truncated, because truncation could leave a part of one. They are redacted
    again after line breaks are removed, because a line break could split one.
    """
    line = printable_line(filter_secrets(text)[:MAX_CHARACTERS])
    return filter_secrets(line)[:max_characters].rstrip()
