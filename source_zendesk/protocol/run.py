"""The console script `source-zendesk`."""

import argparse
import gc
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteMessageSerializer,
    Status,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from serpyco_rs import SchemaValidationError

from source_zendesk import secrecy
from source_zendesk.errors import ConfigError
from source_zendesk.protocol.ending import FAILED, ends_when_told, leave, leave_at_once
from source_zendesk.protocol.entrypoint import Entrypoint
from source_zendesk.settings import config as settings
from source_zendesk.settings.states import check_messages
from source_zendesk.source import SourceZendesk

OBJECTS_A_COLLECTION = 50_000


def run() -> None:
    """Run a command of the Airbyte protocol; exits with 1 when it fails."""
    warnings.simplefilter("ignore")
    # What the logger says of a line that it cannot write goes to stderr as it is.
    logging.raiseExceptions = False
    args = AirbyteEntrypoint.parse_args(sys.argv[1:])
    _collect_seldom()
    with ends_when_told():
        _run(args)


def _collect_seldom() -> None:
    """Pages are large and have no cycles; to look for some at every few hundred objects would take half the time."""
    gc.freeze()
    gc.set_threshold(OBJECTS_A_COLLECTION, 20, 50)


def _run(args: argparse.Namespace) -> None:
    begun_before = threading.enumerate()
    try:
        _print(Entrypoint(_source(args)).run(args))
    except BrokenPipeError:
        leave_at_once(FAILED)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told as a message and without secrets
        _tell(error, args.command)
        leave(0 if args.command == "check" and isinstance(error, ConfigError) else FAILED, begun_before)


def _print(lines: Iterable[str | bytes]) -> None:
    """Line by line through the CDK's buffer, which keeps what several threads say apart, but for whole pages."""
    with PRINT_BUFFER:
        for said in lines:
            if isinstance(said, str):
                sys.stdout.write(f"{said}\n")
            else:
                _print_page(said)


def _print_page(lines: bytes) -> None:
    """Behind what was said before, without decoding what would be encoded again."""
    with PRINT_BUFFER.lock:
        PRINT_BUFFER.flush()
        stdout = sys.__stdout__.buffer  # type: ignore[union-attr]
        stdout.write(lines)
        stdout.write(b"\n")
        stdout.flush()


def _source(args: argparse.Namespace) -> SourceZendesk:
    config = _config(args)
    catalog = _loaded(args, "catalog", SourceZendesk.read_catalog) if _file(args, "catalog", dict, "streams") else None
    told = _file(args, "state", (list, dict))
    check_messages(told)
    state = _loaded(args, "state", SourceZendesk.read_state) if told else None
    return SourceZendesk(catalog, config, state)


def _loaded(args: argparse.Namespace, option: str, load: Callable[[str], Any]) -> Any:
    """What the protocol makes of the file that an option names."""
    path = getattr(args, option)
    try:
        return load(path)
    except (SchemaValidationError, ValueError) as error:
        cause = error.errors[0] if isinstance(error, SchemaValidationError) and error.errors else error
        raise ConfigError(
            f"--{option} {path}: expected what the Airbyte protocol calls a {option}; {cause}."
        ) from error


def _config(args: argparse.Namespace) -> dict[str, Any] | None:
    config: dict[str, Any] | None = _file(args, "config", dict)
    if config is not None:
        secrecy.begin(config)
        settings.normalised(config)
    return config


def _file(args: argparse.Namespace, option: str, kind: Any, key: str = "") -> Any:
    """The content of the JSON file that an option names, None where it is not given."""
    path = getattr(args, option, None)
    if not path:
        return None
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(f"--{option} {path}: the file cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"--{option} {path}: expected JSON; {error}.") from error
    if not isinstance(content, kind) or (key and not isinstance(content.get(key), list)):
        raise ConfigError(f"--{option} {path}: expected {_expected(kind, key)}.")
    return content


def _expected(kind: Any, key: str) -> str:
    if key:
        return f"an object with the list `{key}`"
    return "an object" if kind is dict else "a list of states"


def _tell(error: Exception, command: str) -> None:
    if command == "check" and isinstance(error, ConfigError):
        status = AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        message = AirbyteMessage(type=Type.CONNECTION_STATUS, connectionStatus=status)
    else:
        message = AirbyteTracedException.from_exception(error).as_sanitized_airbyte_message()
        if message.trace and message.trace.error and isinstance(error, AirbyteTracedException):
            message.trace.error.stack_trace = None
    try:
        sys.stdout.write(orjson.dumps(AirbyteMessageSerializer.dump(secrecy.filtered(message))).decode() + "\n")
        sys.stdout.flush()
    except OSError:
        leave_at_once(FAILED)
    logging.shutdown()


if __name__ == "__main__":
    run()
