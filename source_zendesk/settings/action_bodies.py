"""The keys that Zendesk documents for the body of an action."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint
from source_zendesk.printable import join_first, printable_line
from source_zendesk.settings.field_values import kind_of
from source_zendesk.writes.action import FORM, JSON_AND_UPLOAD, NEEDS_FILE, TAKES_BODY, TAKES_FILE, Action

TYPES: Mapping[str, tuple[type, str, str]] = {
    "object": (Mapping, "an object", "{...}"),
    "list": (list, "a list", "[...]"),
    "any": (object, "a value", "..."),
}
"""The types of a key: the type of its value, its name, and how an error shows it."""
SHOWN_KEYS = 3


def check_body(action: Action, endpoint: Endpoint, field: str) -> None:
    """Raise `ConfigError` with the expected shape for a body that lacks a documented key, or has it in another type.

    A file can replace the keys, unless the endpoint needs both. Fields of a form must have a single value.
    """
    if endpoint.options.sends == FORM:
        _check_form(action.body or {}, endpoint.options.file_field, field)
    is_replaced = action.file is not None and endpoint.options.sends != JSON_AND_UPLOAD
    if is_replaced or endpoint.options.sends not in TAKES_BODY:
        return
    for names, kind in endpoint.required_body.items():
        _check_key(action.body or {}, names.split("|"), kind, f"{field}.body", _describe_shape(endpoint))


def _check_key(body: Mapping[str, Any], names: list[str], kind: str, field: str, takes: str) -> None:
    found = [name for name in names if name in body]
    if not found:
        got = f"; got {_outline(body)}" if body else ""
        raise ConfigError(f"`{field}.{'` or `'.join(names)}`: it is missing; {takes}{got}.")
    expected, type_name, _ = TYPES[kind]
    for name in found:
        if not isinstance(body[name], expected):
            raise ConfigError(f"`{field}.{name}`: expected {type_name}; got {kind_of(body[name])}; {takes}.")


def _check_form(body: Mapping[str, Any], file_field: str, field: str) -> None:
    for name, value in body.items():
        if name == file_field:
            raise ConfigError(f"`{field}.body.{name}`: give the path of the file in `{field}.file`.")
        if not isinstance(value, (str, int, float)):
            raise ConfigError(
                f"`{field}.body.{name}`: expected a string, a number or a boolean, because it is the field of a form; "
                f"got {kind_of(value)}."
            )


def _describe_shape(endpoint: Endpoint) -> str:
    """The end of an error: `update_user takes {"user": {...}} or a file`."""
    file = ["a `file`"] if endpoint.options.sends in TAKES_FILE - NEEDS_FILE else []
    return f"{endpoint.name} takes {' or '.join([*body_shapes(endpoint), *file])}"


def body_shapes(endpoint: Endpoint) -> list[str]:
    """The forms of a body with its required keys: `{"ticket": ...}` and `{"tickets": ...}`; empty without any."""
    required = endpoint.required_body
    if not required or endpoint.options.sends not in TAKES_BODY:
        return []
    keys = [[f'"{name}": {TYPES[kind][2]}' for name in names.split("|")] for names, kind in required.items()]
    return [f"{{{', '.join(each)}}}" for each in product(*keys)]


def _outline(body: Mapping[str, Any]) -> str:
    """The keys of a body without their values, which may be secret."""
    keys = [f'"{printable_line(name):.40}": ...' for name in body]
    return f"{{{join_first(keys, SHOWN_KEYS)}}}"
