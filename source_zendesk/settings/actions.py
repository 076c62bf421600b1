"""The items of `actions`."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.settings.config import is_unset
from source_zendesk.settings.inputs import check_parameters, suggestions
from source_zendesk.writes.action import NEEDS_FILE, TAKES_BODY, TAKES_FILE, Action
from source_zendesk.writes.upload_file import InvalidFileError, UploadFile

KEYS = ("stream", "parameters", "body", "file")
LISTS_OF_IDS = ("ids", "external_ids")


def actions_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[Action]]:
    """The items of `actions` for each stream that they name; raises `ConfigError` for one that cannot be sent."""
    found: dict[str, list[Action]] = {}
    if config["actions"] and not config["allow_writes"]:
        raise ConfigError("`actions`: set `allow_writes` to true, or to `dry_run` to see what would be sent.")
    for index, item in enumerate(config["actions"]):
        field = f"actions[{index}]"
        endpoint = _entry(manifest, item["stream"], field)
        found.setdefault(endpoint.name, []).append(_action(endpoint, item, field))
    return found


def _entry(manifest: Manifest, name: str, field: str) -> Endpoint:
    endpoint = manifest.endpoints.get(name)
    if endpoint and endpoint.kind == "action":
        return endpoint
    problem = "is no action" if endpoint else "is no stream"
    hint = suggestions(name, [each.name for each in manifest.endpoints.values() if each.kind == "action"])
    raise ConfigError(f"`{field}.stream`: {name!r} {problem}{hint or ';'} docs/streams.md lists the actions.")


def _action(endpoint: Endpoint, item: Mapping[str, Any], field: str) -> Action:
    for key in item:
        if key not in KEYS:
            raise ConfigError(f"`{field}.{key}`: there is no such field; an action takes {', '.join(KEYS)}.")
    check_parameters(endpoint, item["parameters"], f"{field}.parameters")
    action = Action(endpoint.name, item["parameters"], item["body"], _file(endpoint, item.get("file"), field))
    if action.body is not None and (endpoint.sends not in TAKES_BODY or action.file):
        raise ConfigError(f"`{field}.body`: {endpoint.name} takes no body{' beside a file' if action.file else ''}.")
    most = max((size for size in _sizes(action)), default=0)
    if endpoint.max_items and most > endpoint.max_items:
        raise ConfigError(
            f"`{field}`: {most} items; {endpoint.name} takes {endpoint.max_items} at most, so make several."
        )
    return action


def _file(endpoint: Endpoint, given: Any, field: str) -> UploadFile | None:
    if is_unset(given):
        if endpoint.sends in NEEDS_FILE:
            raise ConfigError(f"`{field}.file`: it is missing; {endpoint.name} uploads one.")
        return None
    if endpoint.sends not in TAKES_FILE:
        raise ConfigError(f"`{field}.file`: {endpoint.name} takes no file.")
    if not isinstance(given, str):
        raise ConfigError(f"`{field}.file`: expected the path of a file as a text.")
    file = UploadFile(Path(os.path.expanduser(given)))  # noqa: PTH111  # Path's raises for a user who is unknown
    try:
        file.check()
    except InvalidFileError as error:
        raise ConfigError(f"`{field}.file`: {error}.") from error
    return file


def _sizes(action: Action) -> Iterator[int]:
    """How many items each list of an action has: of the body, of the `items` of a job in it, and of ids."""
    for name in LISTS_OF_IDS:
        given = action.parameters.get(name)
        yield len(given if isinstance(given, (list, tuple)) else [part for part in str(given or "").split(",") if part])
    for value in (action.body or {}).values():
        yield from _lists(value)
        if isinstance(value, Mapping):
            yield from _lists(value.get("items"))


def _lists(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        yield len(value)
    elif isinstance(value, Mapping):
        yield from (len(inner) for inner in value.values() if isinstance(inner, list))
