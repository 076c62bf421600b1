"""The credentials of a configuration, and those of products."""

import re
from collections.abc import Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.output import redaction
from source_zendesk.settings.field_values import is_unset
from source_zendesk.settings.validation import Schema, matching_alternative

AUTH_SCHEME = re.compile(r"(bearer|basic) ", re.IGNORECASE)
EXAMPLE_VALUE = "..."
"""What the examples of the documentation contain in place of a value."""


def parse_credentials(field: str, credentials: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The fields that are set, without padding; an expiry without an access token is removed.

    Raises `ConfigError` for a secret that is missing, that no header can contain, or that has more than the secret.
    `field` is that of the configuration.
    """
    known = matching_alternative(credentials, schema)
    texts = {
        name: _header_values(f"{field}.{name}", value) if name in known["properties"] else value
        for name, value in credentials.items()
        if not is_unset(value)
    }
    for name in known["required"]:
        if not texts[name]:
            raise ConfigError(
                f"`{field}.{name}`: expected a string; it is missing. {credentials['credentials']} needs it."
            )
    for name, value in texts.items():
        _check_copied_text(f"{field}.{name}", value, known["properties"].get(name, {}))
    if not texts.get("access_token"):
        texts.pop("token_expiry_date", None)
    return texts


def check_write_scope(credentials: Mapping[str, Any]) -> None:
    """Raise `ConfigError` if the connector would request a token that no action can use.

    The scopes of other tokens are unknown before a request.
    """
    if credentials["credentials"] == "client_credentials" and "write" not in (credentials.get("scope") or "read"):
        raise ConfigError(
            "`credentials.scope`: its token cannot send actions; set `credentials.scope` to `read write`."
        )


def describe_credentials(field: str, credentials: Mapping[str, Any], schema: Schema) -> str:
    """The required fields of the credentials with their descriptions: "`chat.access_token` (the token of ...)"."""
    known = matching_alternative(credentials, schema)
    names = [name for name in known.get("required", []) if name != "credentials"]
    texts = {name: known["properties"][name].get("description", "").rstrip(".") for name in names}
    return ", ".join(
        f"`{field}.{name}` ({text[0].lower()}{text[1:]})" if text else f"`{field}.{name}`"
        for name, text in texts.items()
    )


def _check_copied_text(field: str, value: Any, schema: Schema) -> None:
    """Raise `ConfigError` for the `...` of an example, and for a token after the scheme of its HTTP header.

    A password can start with any word.
    """
    if EXAMPLE_VALUE in (value if isinstance(value, list) else [value]):
        raise ConfigError(f"`{field}`: enter the value in place of the dots of the example.")
    scheme = AUTH_SCHEME.match(value) if isinstance(value, str) and schema.get("airbyte_secret") else None
    if scheme and not field.endswith(".password"):
        raise ConfigError(f"`{field}`: enter the value without `{scheme[1].title()} ` before it.")


def _header_values(field: str, value: Any) -> Any:
    if isinstance(value, list):
        values = [header_value(f"{field}[{place}]", each) for place, each in enumerate(value)]
        if "" in values:
            raise ConfigError(f"`{field}[{values.index('')}]`: expected a string; it is empty.")
        return values
    return header_value(field, value) if isinstance(value, str) else value


def header_value(field: str, value: str) -> str:
    """A string without surrounding whitespace; raises `ConfigError` if no header can contain it."""
    text = redaction.strip_padding(value)
    redaction.check_header(field, text)
    return text
