"""Redaction of the secrets of the configuration in the output of the connector."""

import base64
import html
import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets, update_secrets

from source_zendesk.errors import ConfigError
from source_zendesk.manifest.spec_fields import public_fields, spec_words
from source_zendesk.output.action_redaction import find_secrets
from source_zendesk.printable import printable_text

BOOLEANS = frozenset(("true", "false"))
# Shorter texts are not redacted: they occur in most messages.
SHORTEST = 4
# Invisible characters that are pasted along with a text.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
# Encodes an unpaired surrogate, which JSON may contain.
HALVES = "surrogatepass"

# How JSON and Python escape a text or bytes. Python escapes `'` only if the whole text also contains `"`.
ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr('"' + text)[2:-1],
    lambda text: repr('"' + text)[2:-1].replace("\\'", "'"),
    lambda text: repr(b'"' + text.encode(errors=HALVES))[3:-1],
    lambda text: repr(b'"' + text.encode(errors=HALVES))[3:-1].replace("\\'", "'"),
)
# Levels of JSON around a form: a debug log quotes a response that quotes a request.
NESTED_JSON = 3

_registered: set[str] = set()
_lock = threading.Lock()


def own_words() -> frozenset[str]:
    """The words in messages about the configuration.

    A secret that equals one, such as a placeholder, is not redacted: otherwise the message would be unreadable and
    reveal the secret.
    """
    return spec_words() | BOOLEANS


def register(*secrets: str) -> None:
    """Redact these texts in each of their forms; the longest first."""
    words = own_words()
    with _lock:
        private = [secret for secret in secrets if len(secret) >= SHORTEST and secret not in words]
        _registered.update(form for secret in private for form in _forms(secret))
        update_secrets(sorted(_registered, key=len, reverse=True))


def reset(config: Mapping[str, Any]) -> None:
    """Redact the secrets of this configuration, as configured and as sent, and no others.

    The configuration may be invalid. Every object in it may have credentials: those of the account, or of a product.
    """
    with _lock:
        _registered.clear()
    for value in config.values():
        register_credentials(value)
    register(*find_secrets(_parse_json_texts(config.get("actions"))))


def register_credentials(value: Any) -> None:
    """Redact the credentials of requests: all texts of an object, and of those in it, except its public fields.

    Basic authentication sends a public field or another secret with a secret, in base64.
    """
    credentials = value if isinstance(value, Mapping) else {}
    texts = {field: value for field, value in credentials.items() if isinstance(value, str)}
    private = [value for field, value in texts.items() if field not in public_fields()]
    # A token that was pasted as `Bearer token` may be quoted without `Bearer`.
    secrets = {form for secret in private for form in (secret, strip_padding(secret), *secret.split()[-1:])}
    users = {form for user in texts.values() for form in (user, strip_padding(user))}
    pairs = [f"{user}{end}:{secret}" for user in users for end in ("/token", "") for secret in secrets]
    register(*secrets, *map(_to_base64, pairs))
    for inner in credentials.values():
        register_credentials(inner)


def strip_padding(text: str) -> str:
    """A text without surrounding whitespace and invisible characters."""
    return text.strip().strip(INVISIBLE).strip()


def check_header(field: str, text: str) -> None:
    """Raise `ConfigError` with the name of the field, and without the text, for a value that no header can contain."""
    if any(unicodedata.category(character) == "Cc" or ord(character) > 255 for character in text):
        raise ConfigError(
            f"`{field}`: it contains a line break, another control character or a character outside Latin-1, which no "
            "HTTP header can contain; paste it again without the surrounding characters."
        )


def redact(message: AirbyteMessage) -> AirbyteMessage:
    """Redact secrets and non-printable characters in the texts of a message; records and states are unchanged."""
    if message.log:
        message.log.message = _redact_text(message.log.message)
        message.log.stack_trace = _redact_text(message.log.stack_trace)
    if message.connectionStatus:
        message.connectionStatus.message = _redact_text(message.connectionStatus.message)
    if message.trace and message.trace.error:
        error = message.trace.error
        error.message = _redact_text(error.message)
        error.internal_message = _redact_text(error.internal_message)
        error.stack_trace = _redact_text(error.stack_trace)
    return message


def _redact_text(text: Any) -> Any:
    return printable_text(filter_secrets(text)) if text else text


def _parse_json_texts(value: Any) -> Any:
    """A value in which JSON texts are parsed."""
    if isinstance(value, Mapping):
        return {name: _parse_json_texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_parse_json_texts(inner) for inner in value]
    try:
        return json.loads(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value
    except (ValueError, RecursionError):
        return value


def _forms(secret: str) -> set[str]:
    """The texts that reveal a secret: escaped up to twice, these in nested JSON and in URLs, and the secret encoded."""
    escaped = _escape({secret})
    forms = {secret, *escaped, *_escape(escaped)}
    in_json = {nested for form in forms for nested in _nest_in_json(form)}
    in_form = quote_plus(secret, errors=HALVES)
    in_url = {quote(secret, errors=HALVES), quote(secret, safe="", errors=HALVES), in_form}
    in_urls = {quote(form, errors=HALVES) for form in (*forms, *in_url)}
    encoded = {*in_url, _lower_hex(in_form), html.escape(secret)}
    return {*in_json, *in_urls, *encoded, _to_base64(secret)}


def _lower_hex(encoded: str) -> str:
    """The form with `%2f` for `%2F`, as .NET and some proxies write it."""
    return re.sub(r"%..", lambda code: code[0].lower(), encoded)


def _nest_in_json(text: str) -> Iterator[str]:
    """The text, also as a string in JSON that is itself a string in JSON, and so on."""
    for _ in range(NESTED_JSON):
        yield text
        text = json.dumps(text)[1:-1]


def _escape(forms: set[str]) -> set[str]:
    return {escape(form) for form in forms for escape in ESCAPES}


def _to_base64(text: str) -> str:
    """The text in base64 without its padding, as in the header of Basic authentication."""
    return base64.b64encode(text.encode(errors="replace")).decode().rstrip("=")
