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
    if endpoint.options.needs_body and not action.body:
        _check_replaced(action, endpoint, field)
        return
    for choice in required_keys(endpoint):
        _check_key(action.body or {}, choice, f"{field}.body", _describe_shape(endpoint))


def required_keys(endpoint: Endpoint) -> list[dict[str, str]]:
    """The required keys of a body; the names of a choice have a type each."""
    choices = []
    for names, kinds in endpoint.required_body.items():
        keys, types = names.split("|"), kinds.split("|")
        choices.append(dict(zip(keys, types * len(keys) if len(types) == 1 else types, strict=True)))
    return choices


def _check_replaced(action: Action, endpoint: Endpoint, field: str) -> None:
    """Raise `ConfigError` for an action without a body, unless one of its optional parameters replaces the body."""
    if not any(name in action.parameters for name in endpoint.optional_params):
        others = [f"the parameter `{name}`" for name in endpoint.optional_params]
        shapes = body_shapes(endpoint) or ["a body"]
        raise ConfigError(f"`{field}.body`: it is missing; {endpoint.name} takes {' or '.join([*shapes, *others])}.")


def _check_key(body: Mapping[str, Any], choice: Mapping[str, str], field: str, takes: str) -> None:
    found = [name for name in choice if name in body]
    if not found:
        got = f"; got {_outline(body)}" if body else ""
        raise ConfigError(f"`{field}.{'` or `'.join(choice)}`: it is missing; {takes}{got}.")
    for name in found:
        expected, type_name, _ = TYPES[choice[name]]
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
    required = required_keys(endpoint)
    if not required or endpoint.options.sends not in TAKES_BODY:
        return []
    keys = [[f'"{name}": {TYPES[kind][2]}' for name, kind in choice.items()] for choice in required]
    return [f"{{{', '.join(each)}}}" for each in product(*keys)]


def _outline(body: Mapping[str, Any]) -> str:
    """The keys of a body without their values, which may be secret."""
    keys = [f'"{printable_line(name):.40}": ...' for name in body]
    return f"{{{join_first(keys, SHOWN_KEYS)}}}"
