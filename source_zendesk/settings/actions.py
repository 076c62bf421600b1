"""The items of `actions`."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.settings.action_bodies import check_body
from source_zendesk.settings.faults import Faults
from source_zendesk.settings.field_values import as_object, is_unset_object
from source_zendesk.settings.inputs import suggestions
from source_zendesk.settings.parameters import check_parameters
from source_zendesk.writes.action import (
    NEEDS_FILE,
    TAKES_BODY,
    TAKES_BODY_WITH_FILE,
    TAKES_FILE,
    TAKES_JSON,
    Action,
)
from source_zendesk.writes.presigned_upload import media_type
from source_zendesk.writes.upload_file import MAX_BYTES, InvalidFileError, UploadFile

KEYS = ("stream", "parameters", "body", "file")
LISTS_OF_IDS = ("ids", "external_ids")


def actions_by_stream(
    items: Iterable[Mapping[str, Any]], manifest: Manifest, *, is_allowed: bool
) -> dict[str, list[Action]]:
    """The items of `actions` by stream; raises `ConfigError` with all faults of all items, or if not `is_allowed`."""
    actions: dict[str, list[Action]] = {}
    faults = Faults()
    for index, item in enumerate(items):
        with faults.collect():
            action = _parse_action(item, manifest, f"actions[{index}]")
            actions.setdefault(action.stream, []).append(action)
    faults.raise_all()
    if actions and not is_allowed:
        raise ConfigError("`actions`: set `allow_writes` to true, or `dry_run` to true to see what would be sent.")
    return actions


def _find_endpoint(manifest: Manifest, name: str, field: str) -> Endpoint:
    endpoint = manifest.endpoints.get(name)
    if endpoint and endpoint.kind == "action":
        return endpoint
    problem = "is not an action" if endpoint else "is not a stream"
    hint = suggestions(name, [each.name for each in manifest.endpoints.values() if each.kind == "action"])
    raise ConfigError(f"`{field}.stream`: {name!r} {problem}{hint or ';'} `source-zendesk streams` lists the actions.")


def _parse_action(item: Mapping[str, Any], manifest: Manifest, field: str) -> Action:
    parameters = as_object(item.get("parameters"), f"{field}.parameters")
    endpoint = _find_endpoint(manifest, item["stream"], field)
    action = Action(endpoint.name, parameters, _parse_body(item.get("body"), endpoint, f"{field}.body"))
    faults = Faults()
    for key in item:
        with faults.collect():
            _check_key(key, field)
    with faults.collect():
        check_parameters(endpoint, parameters, f"{field}.parameters")
    with faults.collect():
        action = replace(action, file=_parse_file(endpoint, item.get("file"), field))
        _check_content(action, endpoint, field)
    faults.raise_all()
    return action


def _check_key(key: str, field: str) -> None:
    if key not in KEYS:
        raise ConfigError(f"`{field}.{key}`: unknown field; an action takes {', '.join(KEYS)}.")


def _parse_body(value: Any, endpoint: Endpoint, field: str) -> dict[str, Any] | None:
    """The body; None without one. Airbyte's form sends an empty object for it."""
    if is_unset_object(value) or (not value and endpoint.options.sends not in TAKES_JSON):
        return None
    return as_object(value, field)


def _check_content(action: Action, endpoint: Endpoint, field: str) -> None:
    """Raise `ConfigError` for a body or file that the endpoint does not take or define, or more items than it takes."""
    takes_both = endpoint.options.sends in TAKES_BODY_WITH_FILE
    if action.body is not None and (endpoint.options.sends not in TAKES_BODY or (action.file and not takes_both)):
        raise ConfigError(
            f"`{field}.body`: {endpoint.name} takes no body{' together with a file' if action.file else ''}."
        )
    check_body(action, endpoint, field)
    _check_media_type(action, endpoint, field)
    items = max(_list_sizes(action), default=0)
    limit = endpoint.options.max_items
    if limit and items > limit:
        raise ConfigError(f"`{field}`: {items} items; {endpoint.name} takes at most {limit}, so split the action.")


def _check_media_type(action: Action, endpoint: Endpoint, field: str) -> None:
    """Raise `ConfigError` for a file of a media type that the storage host of the endpoint does not take."""
    content_types = endpoint.options.upload.content_types
    if content_types and not any(fnmatchcase(media_type(action).lower(), each) for each in content_types):
        raise ConfigError(
            f"`{field}.file`: its media type is {media_type(action)}; {endpoint.name} takes {', '.join(content_types)}."
            " Give such a file, with the extension of its type."
        )


def _parse_file(endpoint: Endpoint, value: str | None, field: str) -> UploadFile | None:
    if not value:
        if endpoint.options.sends in NEEDS_FILE:
            raise ConfigError(f"`{field}.file`: it is missing; {endpoint.name} uploads a file.")
        return None
    if endpoint.options.sends not in TAKES_FILE:
        raise ConfigError(f"`{field}.file`: {endpoint.name} takes no file.")
    path = Path(os.path.expanduser(value))  # noqa: PTH111  # Path.expanduser raises for an unknown user
    file = UploadFile(path, endpoint.options.upload.max_bytes or MAX_BYTES)
    try:
        file.check()
    except InvalidFileError as error:
        raise ConfigError(f"`{field}.file`: {error}.") from error
    return file


def _list_sizes(action: Action) -> Iterator[int]:
    """The sizes of the lists of an action: in the body, in the `items` of a job in the body, and of ids."""
    for name in LISTS_OF_IDS:
        ids = action.parameters.get(name)
        yield len(ids if isinstance(ids, (list, tuple)) else [part for part in str(ids or "").split(",") if part])
    for value in (action.body or {}).values():
        yield from _sizes(value)
        if isinstance(value, Mapping):
            yield from _sizes(value.get("items"))


def _sizes(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        yield len(value)
    elif isinstance(value, Mapping):
        yield from (len(inner) for inner in value.values() if isinstance(inner, list))
