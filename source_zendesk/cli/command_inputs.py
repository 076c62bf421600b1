"""The files that a command line names."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
)
from serpyco_rs import SchemaValidationError

from source_zendesk.errors import ConfigError
from source_zendesk.json_values import find_fault
from source_zendesk.output import redaction
from source_zendesk.printable import printable_line
from source_zendesk.settings.states import mark_malformed


@dataclass(frozen=True)
class CommandInputs:
    """The parsed files of a command line; None for an option that is not set."""

    config: dict[str, object] | None = None
    catalog: ConfiguredAirbyteCatalog | None = None
    state: list[AirbyteStateMessage] | None = None


def load_inputs(args: argparse.Namespace) -> CommandInputs:
    """Load the files of a command line; raises `ConfigError` with the option for a file that is not valid."""
    config = _load_option(args, "config", dict)
    if config is not None:
        redaction.reset(config)
    catalog = _load_option(args, "catalog", dict, "streams")
    state = _load_option(args, "state", (list, dict))
    mark_malformed(state)
    return CommandInputs(
        config,
        _deserialize(args, "catalog", ConfiguredAirbyteCatalogSerializer.load, catalog) if catalog else None,
        _deserialize(args, "state", _parse_states, state) if state else None,
    )


def load_json(path: str, option: str) -> object:
    """The parsed JSON of a file; raises `ConfigError` if it cannot be read or is not JSON."""
    where = f"--{option} {printable_line(path)}"
    try:
        text = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable_file(where, error) from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: expected JSON; {error}.") from error


def unreadable_file(where: str, error: OSError | ValueError) -> ConfigError:
    """The error of a file that cannot be opened or read; `where` names it."""
    return ConfigError(f"{where}: the file cannot be read ({getattr(error, 'strerror', None) or error}).")


def _load_option(args: argparse.Namespace, option: str, kind: Any, key: str = "") -> Any:
    path = getattr(args, option, None)
    if not path:
        return None
    content = load_json(path, option)
    if not isinstance(content, kind) or (key and not isinstance(content.get(key), list)):
        raise ConfigError(f"--{option} {path}: expected {_expected(kind, key)}.")
    # Each stream's state is validated on its own, so that the other streams are read.
    if option != "state" and (fault := find_fault(content)):
        raise ConfigError(f"--{option} {printable_line(path)}: `{fault.path}` {fault.cause}.")
    return content


def _expected(kind: object, key: str) -> str:
    if key:
        return f"an object with the list `{key}`"
    return "an object" if kind is dict else "a list of states"


def _parse_states(content: Any) -> list[AirbyteStateMessage]:
    states = [AirbyteStateMessageSerializer.load(each) for each in content]
    if not all(state.stream or state.data or state.global_ for state in states):
        raise ValueError("a state has neither `stream` nor `global`")
    return states


def _deserialize(args: argparse.Namespace, option: str, load: Callable[[Any], Any], content: Any) -> Any:
    """The content of the file of an option as an object of the Airbyte protocol."""
    try:
        return load(content)
    except (SchemaValidationError, ValueError, TypeError, AttributeError, RecursionError) as error:
        cause = error.errors[0] if isinstance(error, SchemaValidationError) and error.errors else error
        raise ConfigError(
            f"--{option} {getattr(args, option)}: expected a {option} of the Airbyte protocol; {cause}."
        ) from error
