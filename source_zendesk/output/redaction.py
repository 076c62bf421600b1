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
from source_zendesk.output.action_redaction import find_secrets
from source_zendesk.printable import printable_text

# Fields of `credentials` that are not secret.
PUBLIC = ("credentials", "email", "scope", "token_expiry_date")
# Words in messages about the configuration. A secret that equals one, such as a placeholder, is not redacted:
# otherwise the message would be unreadable and reveal the secret.
OWN_WORDS = frozenset(
    (
        *("credentials", "client_credentials", "oauth2_refresh", "oauth2.0", "api_token", "basic"),
        *("client_id", "client_secret", "refresh_token", "access_token", "token_expiry_date", "scope"),
        *("email", "password", "subdomain", "base_url", "start_date", "num_workers", "on_behalf_of", "catalog"),
        *("export_page_size", "page_size", "ticket_search_lookback_days", "unknown_fields", "custom_fields"),
        *("recommended", "complete", "pass", "collect", "as_sent", "columns", "sideloads", "stream", "include"),
        *("inputs", "parameters", "actions", "body", "file", "allow_writes", "true", "false", "dry_run"),
    )
)
# Shorter texts are not redacted: they occur in most messages.
SHORTEST = 4
# Invisible characters that are pasted along with a text.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
# How half of a surrogate pair is encoded, which JSON can hold.
HALVES = "surrogatepass"

# How JSON and Python escape a text or bytes, in Python with either quote character.
ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr('"' + text)[2:-1],
    lambda text: repr("'\"" + text)[4:-1],
    lambda text: repr(b'"' + text.encode(errors=HALVES))[3:-1],
    lambda text: repr(b"'\"" + text.encode(errors=HALVES))[5:-1],
)
NESTED_ESCAPES = 5

_registered: set[str] = set()
_lock = threading.Lock()


def register(*secrets: str) -> None:
    """Redact these texts in every escaped and encoded form; the longest first."""
    with _lock:
        private = [secret for secret in secrets if len(secret) >= SHORTEST and secret not in OWN_WORDS]
        _registered.update(form for secret in private for form in _forms(secret))
        update_secrets(sorted(_registered, key=len, reverse=True))


def reset(config: Mapping[str, Any]) -> None:
    """Redact the secrets of this configuration, as configured and as sent, and no others."""
    with _lock:
        _registered.clear()
    register_credentials(config.get("credentials"))
    register(*find_secrets(_parse_json_texts(config.get("actions"))))


def register_credentials(value: Any) -> None:
    """Redact the credentials of requests."""
    credentials = value if isinstance(value, Mapping) else {}
    texts = {field: value for field, value in credentials.items() if isinstance(value, str)}
    private = [value for field, value in texts.items() if field not in PUBLIC]
    # A token that was pasted as `Bearer token` may be quoted without `Bearer`.
    secrets = {form for secret in private for form in (secret, strip_padding(secret), *secret.split()[-1:])}
    email = texts.get("email", "")
    users = {email, strip_padding(email)}
    pairs = [f"{user}{end}:{secret}" for user in users for end in ("/token", "") for secret in secrets]
    register(*secrets, *(encoded for pair in pairs for encoded in _base64_forms(pair)))


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
    """The texts that reveal a secret: the secret itself, in base64, and escaped, also several times."""
    forms = {secret, html.escape(secret), *_url_forms(secret)}
    once = _escape(forms)
    forms |= {escaped for form in forms | once | _escape(once) for escaped in _url_forms(form)}
    for _ in range(NESTED_ESCAPES):
        forms |= _escape(forms)
    return forms | set(_base64_forms(secret))


def _escape(forms: set[str]) -> set[str]:
    return {escape(form) for form in forms for escape in ESCAPES}


def _url_forms(secret: str) -> Iterator[str]:
    for escaped in (
        quote(secret, errors=HALVES),
        quote(secret, safe="", errors=HALVES),
        quote_plus(secret, errors=HALVES),
    ):
        yield escaped
        yield re.sub("%..", lambda match: match[0].lower(), escaped)


def _base64_forms(secret: str) -> Iterator[str]:
    for encoding in ("utf-8", "latin-1"):
        content = secret.encode(encoding, "replace")
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(content).decode().rstrip("=")
