"""Redaction of secrets in actions and records."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "****"
# Paths in bodies and parameters whose texts open something: of users, targets, webhooks, OAuth clients, uploads,
# devices, apps.
SECRET_PATH = re.compile(
    r"pass(word|wd|phrase)|pwd|secret|token(?!_id)|api[_-]?key|(private|access)_?key|credential|authorization|push_id"
    r"|uploads|push_notification_devices|authentication\.data|custom_headers",
    re.IGNORECASE,
)
SIGNED_ADDRESS = re.compile(r"(?<=://)[^/\s?#\"<>]+(?=@)")
# In a request or an answer that is kept as a text.
HEADER_LINE = re.compile(
    r"^([\w-]*(?:authorization|cookie|token|secret|signature|api-?key)[\w-]*:[ \t]*)[^\r\n]+",
    re.IGNORECASE | re.MULTILINE,
)


def redact_action(value: Any, path: str = "") -> Any:
    """The same with a mask in the place of each secret: texts under such names, and who signs an address."""
    if isinstance(value, Mapping):
        return {name: redact_action(inner, f"{path}.{name}") for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact_action(inner, path) for inner in value]
    if not isinstance(value, str):
        return value
    return MASK if _is_secret(path) else SIGNED_ADDRESS.sub(MASK, value)


def mask_url_and_header_secrets(text: str) -> str:
    """A text with a mask for who signs the addresses in it, and for secrets of the HTTP headers among its lines."""
    return HEADER_LINE.sub(rf"\1{MASK}", SIGNED_ADDRESS.sub(MASK, text))


def find_secrets(value: Any, path: str = "") -> Iterator[str]:
    """The texts that `masked` takes out."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from find_secrets(inner, f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from find_secrets(inner, path)
    elif isinstance(value, str):
        signers = [] if _is_secret(path) else SIGNED_ADDRESS.findall(value)
        yield from [value] if _is_secret(path) else [*signers, *(signer.partition(":")[2] for signer in signers)]


def _is_secret(path: str) -> bool:
    return bool(SECRET_PATH.search(path))
