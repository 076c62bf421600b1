"""The files that a command line names."""

import argparse
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    SyncMode,
    Type,
)
from serpyco_rs import SchemaValidationError

from source_zendesk.cli.state_file import OPTION, StateFile, stream_name
from source_zendesk.errors import ConfigError
from source_zendesk.json_values import find_fault
from source_zendesk.output import redaction
from source_zendesk.printable import printable_line
from source_zendesk.settings.states import mark_malformed

STATE_COMMAND = "source-zendesk state {}"
MADE_BY = {
    "--state": STATE_COMMAND,
    OPTION: STATE_COMMAND,
    "--catalog": "source-zendesk catalog --config config.json STREAM",
}
"""The command that prints the file of an option, with the place of a file of messages."""
MESSAGE_TYPES = tuple(each.value for each in Type)


@dataclass(frozen=True)
class CommandInputs:
    """The parsed files of a command line; None for an option that is not set."""

    config: dict[str, object] | None = None
    catalog: ConfiguredAirbyteCatalog | None = None
    state: list[AirbyteStateMessage] | None = None
    state_file: StateFile | None = None


def load_inputs(args: argparse.Namespace) -> CommandInputs:
    """Load the files of a command line; raises `ConfigError` with the option for a file that is not valid."""
    config = _load_option(args, "config", dict)
    if config is not None:
        redaction.reset(config)
    content = _load_option(args, "catalog", dict, "streams")
    catalog = _deserialize(args, "catalog", ConfiguredAirbyteCatalogSerializer.load, content) if content else None
    if getattr(args, "state_file", None):
        return CommandInputs(config, catalog, *_load_state_file(args, catalog))
    state = _load_option(args, "state", (list, dict))
    return CommandInputs(config, catalog, _parse_states(args, "state", state))


def _load_state_file(
    args: argparse.Namespace, catalog: ConfiguredAirbyteCatalog | None
) -> tuple[list[AirbyteStateMessage] | None, StateFile]:
    """The states of `--state-file`, without those of streams in full refresh that could be read incrementally."""
    if args.state:
        raise ConfigError(f"{OPTION} and --state: set one of them; {OPTION} reads the state from its file, too.")
    states = _load_option(args, "state_file", (list, dict)) if _exists(args.state_file) else []
    _parse_states(args, "state_file", deepcopy(states))
    refreshed = {
        each.stream.name
        for each in (catalog.streams if catalog else [])
        if each.sync_mode is SyncMode.full_refresh and SyncMode.incremental in each.stream.supported_sync_modes
    }
    kept = [state for state in states if stream_name(state) not in refreshed]
    return _parse_states(args, "state_file", deepcopy(kept)), StateFile(args.state_file, kept)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError) as error:
        raise unreadable_file(f"{OPTION} {printable_line(path)}", error) from error


def load_json(path: str, flag: str) -> object:
    """The parsed JSON of a file; raises `ConfigError` with the flag if it cannot be read or is not JSON."""
    where = f"{flag} {printable_line(path)}"
    try:
        text = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable_file(where, error) from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse_messages(_first_value(text), flag, path)
        raise ConfigError(f"{where}: expected JSON; {error}.") from error


def _first_value(text: bytes) -> object:
    try:
        return json.loads(text.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return None


def _refuse_messages(content: object, flag: str, path: str) -> None:
    """Raise `ConfigError` with the remedy if the file of an option contains a protocol message: output of a command."""
    if flag not in MADE_BY or not isinstance(content, dict) or content.get("type") not in MESSAGE_TYPES:
        return
    shown, kind = printable_line(path), "catalog" if flag == "--catalog" else "state"
    raise ConfigError(
        f"{flag} {shown}: the file contains messages, not a {kind}. Run `{MADE_BY[flag].format(shown)} > {kind}.json`, "
        f"and set {flag} to {kind}.json."
    )


def unreadable_file(where: str, error: OSError | ValueError) -> ConfigError:
    """The error of a file that cannot be opened or read; `where` names it."""
    return ConfigError(f"{where}: the file cannot be read ({getattr(error, 'strerror', None) or error}).")


def _load_option(args: argparse.Namespace, option: str, kind: Any, key: str = "") -> Any:
    path = getattr(args, option, None)
    if not path:
        return None
    content = load_json(path, _flag(option))
    _refuse_messages(content, _flag(option), path)
    if not isinstance(content, kind) or (key and not isinstance(content.get(key), list)):
        raise ConfigError(f"{_flag(option)} {path}: expected {_expected(kind, key)}.")
    # Each stream's state is validated on its own, so that the other streams are read.
    if option not in ("state", "state_file") and (fault := find_fault(content)):
        raise ConfigError(f"{_flag(option)} {printable_line(path)}: `{fault.path}` {fault.cause}.")
    return content


def _expected(kind: object, key: str) -> str:
    if key:
        return f"an object with the list `{key}`"
    return "an object" if kind is dict else "a list of states"


def _parse_states(args: argparse.Namespace, option: str, content: Any) -> list[AirbyteStateMessage] | None:
    mark_malformed(content)
    return _deserialize(args, option, _states, content) if content else None


def _states(content: Any) -> list[AirbyteStateMessage]:
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
        kind = "state" if option == "state_file" else option
        raise ConfigError(
            f"{_flag(option)} {getattr(args, option)}: expected a {kind} of the Airbyte protocol; {cause}."
        ) from error


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"
