"""Redaction of secrets in actions and records."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "****"
# Paths of secrets in bodies and parameters: of users, targets, webhooks, OAuth clients, uploads, devices and apps.
SECRET_PATH = re.compile(
    r"pass(word|wd|phrase)|pwd|secret|token(?!_id)|api[_-]?key|(private|access)_?key|credential|authorization|push_id"
    r"|uploads|push_notification_devices|authentication\.data|custom_headers",
    re.IGNORECASE,
)
URL_USERINFO = re.compile(r"(?<=://)[^/\s?#\"<>]+(?=@)")
# In the text of a logged request or response.
HEADER_LINE = re.compile(
    r"^([\w-]*(?:authorization|cookie|token|secret|signature|api-?key)[\w-]*:[ \t]*)[^\r\n]+",
    re.IGNORECASE | re.MULTILINE,
)


def redact_action(value: Any, path: str = "") -> Any:
    """A copy with secrets masked: texts under the path of a secret, and the user info of URLs."""
    if isinstance(value, Mapping):
        return {name: redact_action(inner, f"{path}.{name}") for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact_action(inner, path) for inner in value]
    if not isinstance(value, str):
        return value
    return MASK if _is_secret(path) else URL_USERINFO.sub(MASK, value)


def mask_url_and_header_secrets(text: str) -> str:
    """A text with the user info of URLs and the values of secret HTTP headers masked."""
    return HEADER_LINE.sub(rf"\1{MASK}", URL_USERINFO.sub(MASK, text))


def find_secrets(value: Any, path: str = "") -> Iterator[str]:
    """The texts that `redact_action` masks, and the passwords of URLs among them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from find_secrets(inner, f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from find_secrets(inner, path)
    elif isinstance(value, str):
        users = [] if _is_secret(path) else URL_USERINFO.findall(value)
        yield from [value] if _is_secret(path) else [*users, *(user.partition(":")[2] for user in users)]


def _is_secret(path: str) -> bool:
    return bool(SECRET_PATH.search(path))
