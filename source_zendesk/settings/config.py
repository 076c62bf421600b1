"""The configuration: validation, defaults, normalized form."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.output.action_redaction import redact_action
from source_zendesk.output.redaction import check_header, register_credentials, strip_padding
from source_zendesk.writes.action import DRY_RUN

# As in the specification, which the platform checks.
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
KINDS = ((bool, "a boolean"), ((int, float), "a number"), (str, "a text"), (list, "a list"), (Mapping, "an object"))
CATALOGS = ("recommended", "complete")
PASS, COLLECT = "pass", "collect"
AS_SENT, COLUMNS = "as_sent", "columns"
DEFAULT_WORKERS = 8
DEFAULT_PAGE_SIZE = 1000


def parse_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with every field in one form and no default left out; raises `ConfigError`.

    `api_url` is where requests go. It does not take the place of `base_url`, nor a default that of `start_date`: a
    renewed token is saved together with the configuration, which must stay what the user gave. `page_size` is Airbyte's
    field, for the pages that `ticket_comments` come from; those of all other exports are `export_page_size`.
    """
    config = migrate(config)
    register_credentials(config.get("credentials"))
    rows_a_page = _integer(config, "export_page_size", DEFAULT_PAGE_SIZE, 1, 1000)
    _check_start(config.get("start_date"))
    subdomain = _subdomain(config.get("subdomain"))
    return {
        **config,
        "subdomain": subdomain,
        "api_url": _api_url(config.get("base_url"), subdomain),
        "credentials": _credentials(config.get("credentials")),
        "num_workers": _integer(config, "num_workers", DEFAULT_WORKERS, 2, 40),
        "export_page_size": rows_a_page,
        "page_size": _integer(config, "page_size", rows_a_page, 1, 1000),
        "ticket_search_lookback_days": _integer(config, "ticket_search_lookback_days", 1, 0, 365),
        "on_behalf_of": _sendable("on_behalf_of", _text(config, "on_behalf_of")),
        "catalog": _one_of(config, "catalog", CATALOGS),
        "unknown_fields": _one_of(config, "unknown_fields", (PASS, COLLECT)),
        "custom_fields": _one_of(config, "custom_fields", (AS_SENT, COLUMNS)),
        "sideloads": _items(config, "sideloads"),
        "inputs": [_input_item(item, index) for index, item in enumerate(_items(config, "inputs"))],
        "allow_writes": _writes(config.get("allow_writes")),
        "actions": [_action_item(item, index) for index, item in enumerate(_items(config, "actions"))],
    }


def migrate(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration of Airbyte's connector, which took a single worker, in the terms of this one."""
    given = config.get("num_workers")
    return {**config, "num_workers": 2} if type(given) is int and given == 1 else dict(config)


def workers(config: Mapping[str, Any]) -> int:
    """The number of threads, before the configuration is known to be sound."""
    given = migrate(config).get("num_workers")
    return given if isinstance(given, int) and 2 <= given <= 40 else DEFAULT_WORKERS


def without_unset(value: Any) -> Any:
    """The same without fields that are null or an empty text, which stand for a field that is not set."""
    if isinstance(value, Mapping):
        return {name: without_unset(inner) for name, inner in value.items() if not is_unset(inner)}
    return [without_unset(item) for item in value] if isinstance(value, list) else value


def is_unset(given: Any) -> bool:
    """Whether a value stands for a field that is not set."""
    return given is None or given == ""


def has_columns(config: Mapping[str, Any]) -> bool:
    """Whether custom fields are wanted as columns, before the configuration is known to be sound."""
    return config.get("custom_fields") == COLUMNS


def _subdomain(given: Any) -> str:
    expected = "`subdomain`: expected the `acme` of acme.zendesk.com"
    if is_unset(given):
        raise ConfigError(f"{expected}; it is missing.")
    if not isinstance(given, str):
        raise ConfigError(f"{expected}; got {_shown(given)}.")
    text = given.strip().lower()
    name = _host(text if "//" in text else f"//{text}").removesuffix(".zendesk.com")
    if not SUBDOMAIN.fullmatch(name):
        raise ConfigError(f"{expected}, or its address; got {_shown(given)}.")
    return name


def _api_url(given: Any, subdomain: str) -> str:
    if is_unset(given):
        return f"https://{subdomain}.zendesk.com"
    scheme, host = str(given).partition("://")[0].lower(), _host(str(given))
    if host and (scheme == "https" or (scheme == "http" and host in LOOPBACK)):
        return str(given).rstrip("/")
    raise ConfigError(f"`base_url`: expected an https address, or http to this machine; got {_shown(given)}.")


def _host(address: str) -> str:
    """The host that an address names, empty where it names none or somebody with it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return "" if "@" in parts.netloc else parts.hostname or ""


def _credentials(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigError("`credentials`: expected an object with `credentials` and the fields of that kind.")
    kind = given.get("credentials")
    if not isinstance(kind, str) or kind not in REQUIRED_FIELDS:
        raise ConfigError(
            f"`credentials.credentials`: expected one of {', '.join(REQUIRED_FIELDS)}; got {_shown(kind)}."
        )
    for field in REQUIRED_FIELDS[kind]:
        if not strip_padding(_credential(given, field)):
            raise ConfigError(f"`credentials.{field}`: expected a text; it is missing. {kind} needs it.")
    if not is_unset(expiry := given.get(EXPIRY)) and times.epoch(expiry) is None:
        raise ConfigError(
            f"`credentials.{EXPIRY}`: expected a time such as {EXAMPLE}, or nothing; got {_shown(expiry)}."
        )
    return {
        field: _sendable(f"credentials.{field}", _credential(given, field)) if field in CREDENTIALS else value
        for field, value in given.items()
        if not is_unset(value) and (field != EXPIRY or given.get("access_token"))
    }


def _credential(given: Mapping[str, Any], field: str) -> str:
    """A field of the credentials, whose value is not shown."""
    value = given.get(field)
    if not is_unset(value) and not isinstance(value, str):
        raise ConfigError(f"`credentials.{field}`: expected a text; got {_kind(value)}.")
    return value or ""


def _sendable(field: str, given: str) -> str:
    """A text without what was pasted around it; raises `ConfigError` where no request can carry it."""
    text = strip_padding(given)
    check_header(field, text)
    return text


def _check_start(given: Any) -> None:
    """A time of the past, as a date or with its hour; a number alone, such as a year, is none."""
    if is_unset(given):
        return
    start = times.epoch(given) if isinstance(given, str) and START.fullmatch(given) else None
    if start is None:
        raise ConfigError(
            f"`start_date`: expected a date such as 2024-01-01 or 2024-01-01T00:00:00Z; got {_shown(given)}."
        )
    if start > times.now():
        raise ConfigError(f"`start_date`: expected a time that has been; {given} is still to come.")


def _integer(config: Mapping[str, Any], field: str, default: int, low: int, high: int) -> int:
    given = config.get(field)
    if is_unset(given):
        return default
    if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
        raise ConfigError(f"`{field}`: expected a whole number from {low} to {high}; got {_shown(given)}.")
    return given


def _text(config: Mapping[str, Any], field: str) -> str:
    given = config.get(field)
    if not is_unset(given) and not isinstance(given, str):
        raise ConfigError(f"`{field}`: expected a text; got {_shown(given)}.")
    return given or ""


def _one_of(config: Mapping[str, Any], field: str, words: tuple[str, ...]) -> str:
    """One of the words, the first of which is the default."""
    given = config.get(field)
    if is_unset(given):
        return words[0]
    if given not in words:
        raise ConfigError(f"`{field}`: expected {' or '.join(words)}; got {_shown(given)}.")
    return str(given)


def _items(config: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    given = config.get(field)
    if is_unset(given):
        return []
    if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
        raise ConfigError(f"`{field}`: expected a list of objects that name a `stream`; got {_shown(given)}.")
    for index, item in enumerate(given):
        if not isinstance(item.get("stream"), str) or not item["stream"]:
            raise ConfigError(f"`{field}[{index}].stream`: expected the name of a stream.")
    return [dict(item) for item in given]


def _input_item(item: dict[str, Any], index: int) -> dict[str, Any]:
    return {**item, "parameters": as_object(item.get("parameters"), f"inputs[{index}].parameters")}


def _action_item(item: dict[str, Any], index: int) -> dict[str, Any]:
    body = item.get("body")
    return {
        **item,
        "parameters": as_object(item.get("parameters"), f"actions[{index}].parameters"),
        "body": None if is_unset(body) else as_object(body, f"actions[{index}].body"),
    }


def _writes(given: Any) -> bool | str:
    """What a form that takes only text says as text means the same."""
    if is_unset(given) or isinstance(given, bool):
        return bool(given)
    if given not in (DRY_RUN, "true", "false"):
        raise ConfigError(f"`allow_writes`: expected false, true or `{DRY_RUN}`; got {_shown(given)}.")
    return DRY_RUN if given == DRY_RUN else given == "true"


def as_object(given: Any, field: str) -> dict[str, Any]:
    """An object that may also come as its JSON text; raises `ConfigError` naming the field."""
    if is_unset(given):
        return {}
    try:
        value = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"`{field}`: expected an object or its JSON text; {error}.") from error
    if not isinstance(value, Mapping):
        raise ConfigError(f"`{field}`: expected an object; got {_kind(value)}.")
    return dict(value)


def _shown(given: Any) -> str:
    """A value for a message: a long one is cut."""
    return f"{redact_action(given)!r:.80}"


def _kind(given: Any) -> str:
    """What a value is in JSON, for a message that does not show it."""
    return next((name for kind, name in KINDS if isinstance(given, kind)), "null")
