"""The arguments that an item of the configuration gives to an endpoint."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Entry
from source_zendesk.manifest.placeholders import UnfitValueError, check_value


def check_arguments(entry: Entry, parameters: Mapping[str, Any], field: str) -> None:
    """Raise `ConfigError`, naming the field, for an argument that is missing, not taken or unfit for the path.

    `a|b` among the required arguments asks for one of the two.
    """
    known = [name for names in (*entry.required_arguments, *entry.optional_arguments) for name in names.split("|")]
    takes = f"{entry.name} takes {', '.join(known) or 'none'}"
    for names in entry.required_arguments:
        if all(parameters.get(name) in (None, "", []) for name in names.split("|")):
            raise ConfigError(f"`{field}.{names.replace('|', '` or `')}`: it is missing; {takes}.")
    for name in parameters:
        if name not in known and not entry.takes_body:
            raise ConfigError(f"`{field}.{name}`: there is no such parameter; {takes}.")
    try:
        for name in entry.placeholders:
            check_value(name, str(parameters.get(name, name)))
    except UnfitValueError as error:
        raise ConfigError(f"`{field}`: {error}.") from error
