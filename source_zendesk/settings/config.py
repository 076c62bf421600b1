"""Validation, defaults and the normalized form of the configuration."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.http.hosts import is_valid_host
from source_zendesk.json_values import find_fault
from source_zendesk.output.action_redaction import redact_action
from source_zendesk.output.redaction import check_header, register_credentials, strip_padding
from source_zendesk.writes.action import DRY_RUN

# The same pattern as in the specification, which the platform validates.
START = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?", re.ASCII
)
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
REQUIRED_FIELDS = {
    "client_credentials": ("client_id", "client_secret"),
    "oauth2_refresh": ("client_id", "client_secret", "refresh_token"),
    "oauth2.0": ("access_token",),
    "api_token": ("email", "api_token"),
    "basic": ("email", "password"),
}
CREDENTIALS = ("scope", *dict.fromkeys(field for fields in REQUIRED_FIELDS.values() for field in fields))
EXPIRY, EXAMPLE = "token_expiry_date", "2024-01-01T00:00:00Z"
KINDS = ((bool, "a boolean"), ((int, float), "a number"), (str, "a string"), (list, "a list"), (Mapping, "an object"))
CATALOGS = ("recommended", "complete")
PASS, COLLECT = "pass", "collect"
AS_SENT, COLUMNS = "as_sent", "columns"
DEFAULT_WORKERS = 8
DEFAULT_PAGE_SIZE = 1000


def parse_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration in normalized form, with all defaults; raises `ConfigError` if it is not valid.

    `api_url` is the address of requests. It does not replace `base_url`, and `start_date` gets no default: the
    connector saves a renewed token together with the configuration, whose other fields must not change. `page_size` is
    the field of Airbyte's connector, for pages of `ticket_comments`; `export_page_size` applies to all other exports.
    """
    config = migrate(config)
    register_credentials(config.get("credentials"))
    export_page_size = _integer(config, "export_page_size", DEFAULT_PAGE_SIZE, 1, 1000)
    _check_start(config.get("start_date"))
    subdomain = _subdomain(config.get("subdomain"))
    return {
        **config,
        "subdomain": subdomain,
        "api_url": _api_url(config.get("base_url"), subdomain),
        "credentials": _credentials(config.get("credentials")),
        "num_workers": _integer(config, "num_workers", DEFAULT_WORKERS, 2, 40),
        "export_page_size": export_page_size,
        "page_size": _integer(config, "page_size", export_page_size, 1, 1000),
        "ticket_search_lookback_days": _integer(config, "ticket_search_lookback_days", 1, 0, 365),
        "on_behalf_of": _header_value("on_behalf_of", _text(config, "on_behalf_of")),
        "catalog": _one_of(config, "catalog", CATALOGS),
        "unknown_fields": _one_of(config, "unknown_fields", (PASS, COLLECT)),
        "custom_fields": _one_of(config, "custom_fields", (AS_SENT, COLUMNS)),
        "sideloads": _list_of_items(config, "sideloads"),
        "inputs": [_parse_input(item, index) for index, item in enumerate(_list_of_items(config, "inputs"))],
        "allow_writes": _allow_writes(config.get("allow_writes")),
        "actions": [_parse_action(item, index) for index, item in enumerate(_list_of_items(config, "actions"))],
    }


def migrate(config: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a configuration of Airbyte's connector, which allowed a single worker."""
    workers = config.get("num_workers")
    return {**config, "num_workers": 2} if type(workers) is int and workers == 1 else dict(config)


def worker_count(config: Mapping[str, Any]) -> int:
    """The number of threads of a configuration that is not validated yet."""
    workers = migrate(config).get("num_workers")
    return workers if isinstance(workers, int) and 2 <= workers <= 40 else DEFAULT_WORKERS


def without_unset(value: Any) -> Any:
    """A copy without fields that are null or empty strings, which count as not set."""
    if isinstance(value, Mapping):
        return {name: without_unset(inner) for name, inner in value.items() if not is_unset(inner)}
    return [without_unset(item) for item in value] if isinstance(value, list) else value


def is_unset(value: Any) -> bool:
    """Whether a value counts as not set: null or an empty string."""
    return value is None or value == ""


def has_columns(config: Mapping[str, Any]) -> bool:
    """Whether a configuration that is not validated yet requests custom fields as columns."""
    return config.get("custom_fields") == COLUMNS


def _subdomain(value: Any) -> str:
    expected = "`subdomain`: expected the `acme` of acme.zendesk.com"
    if is_unset(value):
        raise ConfigError(f"{expected}; it is missing.")
    if not isinstance(value, str):
        raise ConfigError(f"{expected}; got {_shown(value)}.")
    text = value.strip().lower()
    name = _host(text if "//" in text else f"//{text}").removesuffix(".zendesk.com")
    if not SUBDOMAIN.fullmatch(name) or not is_valid_host(name):
        raise ConfigError(f"{expected}, or its address; got {_shown(value)}.")
    return name


def _api_url(value: Any, subdomain: str) -> str:
    if is_unset(value):
        return f"https://{subdomain}.zendesk.com"
    text = str(value).strip()
    scheme, host = text.partition("://")[0].lower(), _host(text)
    if is_valid_host(host) and (scheme == "https" or (scheme == "http" and host in LOOPBACK)):
        return text.rstrip("/")
    raise ConfigError(f"`base_url`: expected an https address, or http to this machine; got {_shown(value)}.")


def _host(address: str) -> str:
    """The host of a URL; empty if it has none, contains user info or has an invalid port."""
    try:
        parts = urlsplit(address)
        is_usable = "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if is_usable else ""


def _credentials(credentials: Any) -> dict[str, Any]:
    if not isinstance(credentials, Mapping):
        raise ConfigError("`credentials`: expected an object with `credentials` and the fields of that kind.")
    kind = credentials.get("credentials")
    if not isinstance(kind, str) or kind not in REQUIRED_FIELDS:
        raise ConfigError(
            f"`credentials.credentials`: expected one of {', '.join(REQUIRED_FIELDS)}; got {_shown(kind)}."
        )
    for field in REQUIRED_FIELDS[kind]:
        if not strip_padding(_credential(credentials, field)):
            raise ConfigError(f"`credentials.{field}`: expected a string; it is missing. {kind} needs it.")
    if not is_unset(expiry := credentials.get(EXPIRY)) and times.epoch(expiry) is None:
        raise ConfigError(
            f"`credentials.{EXPIRY}`: expected a time such as {EXAMPLE}, or nothing; got {_shown(expiry)}."
        )
    return {
        field: _header_value(f"credentials.{field}", _credential(credentials, field))
        if field in CREDENTIALS
        else content
        for field, content in credentials.items()
        if not is_unset(content) and (field != EXPIRY or credentials.get("access_token"))
    }


def _credential(credentials: Mapping[str, Any], field: str) -> str:
    """A field of the credentials; errors do not contain its value."""
    value = credentials.get(field)
    if not is_unset(value) and not isinstance(value, str):
        raise ConfigError(f"`credentials.{field}`: expected a string; got {_kind(value)}.")
    return value or ""


def _header_value(field: str, value: str) -> str:
    """A string without surrounding whitespace; raises `ConfigError` if no header can contain it."""
    text = strip_padding(value)
    check_header(field, text)
    return text


def _check_start(value: Any) -> None:
    """Raise `ConfigError` unless it is a past date or time; a number such as a year is not accepted."""
    if is_unset(value):
        return
    start = times.epoch(value) if isinstance(value, str) and START.fullmatch(value) else None
    if start is None:
        raise ConfigError(
            f"`start_date`: expected a date such as 2024-01-01 or 2024-01-01T00:00:00Z; got {_shown(value)}."
        )
    if start > times.now():
        raise ConfigError(f"`start_date`: expected a time in the past; got {_shown(value)}.")


def _integer(config: Mapping[str, Any], field: str, default: int, low: int, high: int) -> int:
    value = config.get(field)
    if is_unset(value):
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ConfigError(f"`{field}`: expected a whole number from {low} to {high}; got {_shown(value)}.")
    return value


def _text(config: Mapping[str, Any], field: str) -> str:
    value = config.get(field)
    if not is_unset(value) and not isinstance(value, str):
        raise ConfigError(f"`{field}`: expected a string; got {_shown(value)}.")
    return value or ""


def _one_of(config: Mapping[str, Any], field: str, words: tuple[str, ...]) -> str:
    """One of `words`, of which the first is the default."""
    value = config.get(field)
    if is_unset(value):
        return words[0]
    if value not in words:
        raise ConfigError(f"`{field}`: expected {' or '.join(words)}; got {_shown(value)}.")
    return str(value)


def _list_of_items(config: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    value = config.get(field)
    if is_unset(value):
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ConfigError(f"`{field}`: expected a list of objects that name a `stream`; got {_shown(value)}.")
    for index, item in enumerate(value):
        if not isinstance(item.get("stream"), str) or not item["stream"]:
            raise ConfigError(f"`{field}[{index}].stream`: expected the name of a stream.")
    return [dict(item) for item in value]


def _parse_input(item: dict[str, Any], index: int) -> dict[str, Any]:
    return {**item, "parameters": as_object(item.get("parameters"), f"inputs[{index}].parameters")}


def _parse_action(item: dict[str, Any], index: int) -> dict[str, Any]:
    body = item.get("body")
    return {
        **item,
        "parameters": as_object(item.get("parameters"), f"actions[{index}].parameters"),
        "body": None if is_unset(body) else as_object(body, f"actions[{index}].body"),
    }


def _allow_writes(value: Any) -> bool | str:
    """A boolean or `dry_run`; forms without booleans send `true` and `false` as strings."""
    if is_unset(value) or isinstance(value, bool):
        return bool(value)
    if value not in (DRY_RUN, "true", "false"):
        raise ConfigError(f"`allow_writes`: expected false, true or `{DRY_RUN}`; got {_shown(value)}.")
    return DRY_RUN if value == DRY_RUN else value == "true"


def as_object(value: Any, field: str) -> dict[str, Any]:
    """An object or its JSON text as an object; raises `ConfigError` with the name of the field."""
    if is_unset(value):
        return {}
    try:
        content = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"`{field}`: expected an object or its JSON text; {error}.") from error
    if not isinstance(content, Mapping):
        raise ConfigError(f"`{field}`: expected an object; got {_kind(content)}.")
    _check_serializable(content, field)
    return dict(content)


def _check_serializable(value: Mapping[str, Any], field: str) -> None:
    """Raise `ConfigError` for a value that is not valid JSON."""
    if fault := find_fault(value):
        raise ConfigError(f"`{field}.{fault.path}` {fault.cause}, which no request can carry.")
    try:
        json.dumps(value, allow_nan=False, default=str)
    except ValueError as error:
        raise ConfigError(f"`{field}` has NaN or an infinite number, which JSON does not have.") from error


def _shown(value: Any) -> str:
    """A value for an error message: redacted and truncated."""
    return f"{redact_action(value)!r:.80}"


def _kind(value: Any) -> str:
    """The JSON type of a value, for an error message that must not contain the value."""
    return next((name for kind, name in KINDS if isinstance(value, kind)), "null")
