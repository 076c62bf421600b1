"""The parameters of an item of `inputs` or `actions`."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint
from source_zendesk.manifest.placeholders import ALIASES, INTEGERS, InvalidPathValueError, check_value
from source_zendesk.output.action_redaction import redact_action
from source_zendesk.settings.faults import Faults
from source_zendesk.settings.field_values import kind_of, shown
from source_zendesk.writes.action import query_value

EMPTY: Mapping[str, str] = MappingProxyType({})
INTEGER = re.compile(r"-?[0-9]+")


def check_parameters(
    endpoint: Endpoint, parameters: Mapping[str, Any], field: str, other_fields: Mapping[str, str] = EMPTY
) -> None:
    """Raise `ConfigError` with each parameter that is missing, unknown or has a value of a wrong type.

    `a|b` among the required parameters means one of the two. `other_fields` contains for a parameter the field of the
    configuration that can have its value too.
    """
    known = _documented_names(endpoint)
    takes = f"{endpoint.name} takes {', '.join(known) or 'none'}"
    faults = Faults()
    missing: set[str] = set()
    for names in endpoint.required_params:
        alternatives = names.split("|")
        if all(parameters.get(name) in (None, "", []) for name in alternatives):
            missing.update(alternatives)
            other = f", or set `{other_fields[names]}` for all items" if names in other_fields else ""
            faults.add(f"`{field}.{names.replace('|', '` or `')}`: it is missing; {takes}{other}.")
    for name, value in parameters.items():
        if name in missing:
            continue
        with faults.collect():
            if name in endpoint.placeholders:
                _check_path_value(name, value, field)
            elif name not in known and not endpoint.takes_body:
                raise ConfigError(f"`{field}.{name}`: unknown parameter; {takes}.")
            elif name in known and not endpoint.options.query_in_body:
                _check_query_value(value, f"{field}.{name}")
    faults.raise_all()


def query_texts(endpoint: Endpoint, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an input with the lists and booleans of its query in Zendesk's format."""
    names = {*_documented_names(endpoint)} - {*endpoint.placeholders} if not endpoint.options.query_in_body else set()
    return {
        name: query_value(name, value) if name in names and isinstance(value, (bool, list)) else value
        for name, value in parameters.items()
    }


def _documented_names(endpoint: Endpoint) -> list[str]:
    """The names of the required and the optional parameters, all alternatives of `a|b`."""
    return [name for names in (*endpoint.required_params, *endpoint.optional_params) for name in names.split("|")]


def _check_path_value(name: str, value: Any, field: str) -> None:
    """Raise `ConfigError` for a value that is no string or integer, or that is no valid path segment.

    A string of digits counts as an integer.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        kind = "an integer" if name in INTEGERS else "a string or an integer"
        raise ConfigError(f"`{field}.{name}`: expected {kind}; got {kind_of(value)}.")
    try:
        check_value(name, str(value))
    except InvalidPathValueError as error:
        given = shown(redact_action({name: value})[name])
        raise ConfigError(f"`{field}.{name}`: {given} {error.fault}; give the id or key alone.") from error
    if name in INTEGERS and not INTEGER.fullmatch(str(value)) and value != ALIASES.get(name):
        raise ConfigError(f"`{field}.{name}`: expected an integer; got {shown(value)}.")


def _check_query_value(value: Any, field: str) -> None:
    """Raise `ConfigError` for a value that no query can contain: an object, null, or a list with one of these."""
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, (str, int, float)):
            of_list = "a list with " if isinstance(value, list) else ""
            raise ConfigError(
                f"`{field}`: expected a string, a number, a boolean or a list of these; got {of_list}{kind_of(each)}."
            )
