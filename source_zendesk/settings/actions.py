"""The actions that the configuration asks for."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_zendesk.components.actions.action import Action
from source_zendesk.components.actions.payload import NEEDS_FILE, TAKES_BODY, TAKES_FILE
from source_zendesk.components.actions.upload_file import UnfitFileError, UploadFile
from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Entry, Manifest
from source_zendesk.settings.arguments import check_arguments
from source_zendesk.settings.config import is_unset
from source_zendesk.settings.nearest import did_you_mean

KEYS = ("stream", "parameters", "body", "file")
LISTS_OF_IDS = ("ids", "external_ids")


def actions_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[Action]]:
    """The items of `actions` for each stream that they name; raises `ConfigError` for one that cannot be sent."""
    found: dict[str, list[Action]] = {}
    if config["actions"] and not config["allow_writes"]:
        raise ConfigError("`actions`: set `allow_writes` to true, or to `dry_run` to see what would be sent.")
    for index, item in enumerate(config["actions"]):
        field = f"actions[{index}]"
        entry = _entry(manifest, item["stream"], field)
        found.setdefault(entry.name, []).append(_action(entry, item, field))
    return found


def _entry(manifest: Manifest, name: str, field: str) -> Entry:
    entry = manifest.entries.get(name)
    if entry and entry.kind == "action":
        return entry
    problem = "is no action" if entry else "is no stream"
    hint = did_you_mean(name, [each.name for each in manifest.entries.values() if each.kind == "action"])
    raise ConfigError(f"`{field}.stream`: {name!r} {problem}{hint or ';'} docs/streams.md lists the actions.")


def _action(entry: Entry, item: Mapping[str, Any], field: str) -> Action:
    for key in item:
        if key not in KEYS:
            raise ConfigError(f"`{field}.{key}`: there is no such field; an action takes {', '.join(KEYS)}.")
    check_arguments(entry, item["parameters"], f"{field}.parameters")
    action = Action(entry.name, item["parameters"], item["body"], _file(entry, item.get("file"), field))
    if action.body is not None and (entry.sends not in TAKES_BODY or action.file):
        raise ConfigError(f"`{field}.body`: {entry.name} takes no body{' beside a file' if action.file else ''}.")
    most = max((size for size in _sizes(action)), default=0)
    if entry.most_items and most > entry.most_items:
        raise ConfigError(f"`{field}`: {most} items; {entry.name} takes {entry.most_items} at most, so make several.")
    return action


def _file(entry: Entry, given: Any, field: str) -> UploadFile | None:
    if is_unset(given):
        if entry.sends in NEEDS_FILE:
            raise ConfigError(f"`{field}.file`: it is missing; {entry.name} uploads one.")
        return None
    if entry.sends not in TAKES_FILE:
        raise ConfigError(f"`{field}.file`: {entry.name} takes no file.")
    if not isinstance(given, str):
        raise ConfigError(f"`{field}.file`: expected the path of a file as a text.")
    file = UploadFile(Path(os.path.expanduser(given)))  # noqa: PTH111  # Path's raises for a user who is unknown
    try:
        file.check()
    except UnfitFileError as error:
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
