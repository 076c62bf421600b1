"""Redaction of the secrets of the configuration in everything that the connector prints."""

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

# What of `credentials` is no secret.
PUBLIC = ("credentials", "email", "scope", "token_expiry_date")
# What messages about the configuration list, and nobody's secret; a secret that equals one, such as a placeholder, is
# left alone by itself, or the message would be unreadable and say what it hides.
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
# The filter leaves shorter texts alone: without them no message could be read.
SHORTEST = 4
# What is pasted along with a text and cannot be seen.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"

# As JSON and Python write a text or its bytes, the latter within either quotes.
ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr('"' + text)[2:-1],
    lambda text: repr("'\"" + text)[4:-1],
    lambda text: repr(b'"' + text.encode())[3:-1],
    lambda text: repr(b"'\"" + text.encode())[5:-1],
)
NESTED = 5

_registered: set[str] = set()
_lock = threading.Lock()


def register(*secrets: str) -> None:
    """Have the CDK's filter replace these texts, in every form in which they may be quoted; the longest first."""
    with _lock:
        private = [secret for secret in secrets if len(secret) >= SHORTEST and secret not in OWN_WORDS]
        _registered.update(form for secret in private for form in _forms(secret))
        update_secrets(sorted(_registered, key=len, reverse=True))


def reset(config: Mapping[str, Any]) -> None:
    """Hide the secrets of this configuration, as they were given and as they are sent, and nothing else."""
    with _lock:
        _registered.clear()
    register_credentials(config.get("credentials"))
    register(*find_secrets(_parsed(config.get("actions"))))


def register_credentials(given: Any) -> None:
    """Hide what signs requests."""
    credentials = given if isinstance(given, Mapping) else {}
    texts = {field: value for field, value in credentials.items() if isinstance(value, str)}
    private = [value for field, value in texts.items() if field not in PUBLIC]
    # What was pasted with its `Bearer` in front is quoted without it.
    secrets = {form for value in private for form in (value, strip_padding(value), *value.split()[-1:])}
    email = texts.get("email", "")
    users = {email, strip_padding(email)}
    pairs = [f"{user}{end}:{secret}" for user in users for end in ("/token", "") for secret in secrets]
    register(*secrets, *(encoded for pair in pairs for encoded in _base64_forms(pair)))


def strip_padding(text: str) -> str:
    """A text without what was pasted around it."""
    return text.strip().strip(INVISIBLE).strip()


def check_header(field: str, text: str) -> None:
    """Raise `ConfigError`, which names the field and does not show the text, for what no header can hold."""
    if any(unicodedata.category(character) == "Cc" or ord(character) > 255 for character in text):
        raise ConfigError(
            f"`{field}`: it holds a line break, another control character or one that is not Latin-1, which no request "
            "can carry; paste it again, without what stands around it."
        )


def redact(message: AirbyteMessage) -> AirbyteMessage:
    """A message whose texts are printable and without secrets. Records and states are data, and stay as they are."""
    if message.log:
        message.log.message = _redacted(message.log.message)
        message.log.stack_trace = _redacted(message.log.stack_trace)
    if message.connectionStatus:
        message.connectionStatus.message = _redacted(message.connectionStatus.message)
    if message.trace and message.trace.error:
        error = message.trace.error
        error.message = _redacted(error.message)
        error.internal_message = _redacted(error.internal_message)
        error.stack_trace = _redacted(error.stack_trace)
    return message


def _redacted(text: Any) -> Any:
    return printable_text(filter_secrets(text)) if text else text


def _parsed(value: Any) -> Any:
    """A value with what it holds as JSON text parsed."""
    if isinstance(value, Mapping):
        return {name: _parsed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_parsed(inner) for inner in value]
    try:
        return json.loads(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value
    except ValueError:
        return value


def _forms(secret: str) -> set[str]:
    """The texts that give a secret away: itself, in base64, and escaped, as one text within another is."""
    forms = {secret, html.escape(secret), *_url_forms(secret)}
    once = _escaped(forms)
    forms |= {escaped for form in forms | once | _escaped(once) for escaped in _url_forms(form)}
    for _ in range(NESTED):
        forms |= _escaped(forms)
    return forms | set(_base64_forms(secret))


def _escaped(forms: set[str]) -> set[str]:
    return {escape(form) for form in forms for escape in ESCAPES}


def _url_forms(secret: str) -> Iterator[str]:
    for escaped in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield escaped
        yield re.sub("%..", lambda found: found[0].lower(), escaped)


def _base64_forms(secret: str) -> Iterator[str]:
    for encoding in ("utf-8", "latin-1"):
        content = secret.encode(encoding, "replace")
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(content).decode().rstrip("=")
