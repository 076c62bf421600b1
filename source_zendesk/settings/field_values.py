"""Values of fields of the configuration: unset values, objects as JSON text, and their form in errors."""

import json
from collections.abc import Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.json_values import find_fault
from source_zendesk.output.action_redaction import redact_action
from source_zendesk.settings.migration import JSON_TEXT

KINDS = ((bool, "a boolean"), ((int, float), "a number"), (str, "a string"), (list, "a list"), (Mapping, "an object"))


def is_unset(value: Any) -> bool:
    """Whether a value counts as not set: null or an empty string."""
    return value is None or value == ""


def without_unset(value: Any) -> Any:
    """A copy without fields that count as not set, at every depth."""
    if isinstance(value, Mapping):
        return {name: without_unset(inner) for name, inner in value.items() if not is_unset(inner)}
    return [without_unset(item) for item in value] if isinstance(value, list) else value


def is_unset_object(value: Any) -> bool:
    """Whether an object counts as not set, or its JSON text does."""
    return is_unset(value) or (_is_json_text(value) and is_unset(value[JSON_TEXT]))


def _is_json_text(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {JSON_TEXT}


def as_object(value: Any, field: str) -> dict[str, Any]:
    """An object, given as such or as JSON text under its only key `json`; raises `ConfigError` with the field."""
    if is_unset_object(value):
        return {}
    try:
        content = json.loads(value[JSON_TEXT]) if _is_json_text(value) else value
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"`{field}`: expected an object or its JSON text; {error}.") from error
    if not isinstance(content, Mapping):
        raise ConfigError(f"`{field}`: expected an object; got {kind_of(content)}.")
    _check_serializable(content, field)
    return dict(content)


def _check_serializable(value: Mapping[str, Any], field: str) -> None:
    """Raise `ConfigError` for a value that is not valid JSON."""
    if fault := find_fault(value):
        raise ConfigError(f"`{field}.{fault.path}` {fault.cause}, which no request can contain.")
    try:
        json.dumps(value, allow_nan=False, default=str)
    except ValueError as error:
        raise ConfigError(f"`{field}` has NaN or an infinite number, which JSON does not support.") from error


def shown(value: Any) -> str:
    """A value for an error message: redacted and truncated."""
    return f"{redact_action(value)!r:.80}"


def kind_of(value: Any) -> str:
    """The JSON type of a value, for an error message that must not contain the value."""
    return next((name for kind, name in KINDS if isinstance(value, kind)), "null")
