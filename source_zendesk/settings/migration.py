"""Migration of a configuration to the types of the specification."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.writes.action import DRY_RUN

BOOLEANS = {"true": True, "false": False}
# The fields of items that are objects, and the key under which a form enters one as JSON text.
OBJECTS = {"inputs": ("parameters",), "actions": ("parameters", "body")}
JSON_TEXT = "json"


def migrate(config: Mapping[str, object]) -> dict[str, object]:
    """The configuration with each field in the type of the specification; other values are unchanged.

    Earlier versions took `allow_writes` as a text too, with `dry_run` as one of its values, and JSON text in place of
    an object. Airbyte's connector allowed a single worker.
    """
    migrated = dict(config)
    if type(config.get("num_workers")) is int and config["num_workers"] == 1:
        migrated["num_workers"] = 2
    allow_writes = config.get("allow_writes")
    if allow_writes == DRY_RUN:
        migrated |= {"allow_writes": False, DRY_RUN: True}
    elif isinstance(allow_writes, str):
        migrated["allow_writes"] = BOOLEANS.get(allow_writes, allow_writes)
    for name, fields in OBJECTS.items():
        if isinstance(items := config.get(name), list):
            migrated[name] = [_with_objects(item, fields) for item in items]
    return migrated


def _with_objects(item: Any, fields: tuple[str, ...]) -> Any:
    """An item whose JSON texts are objects."""
    if not isinstance(item, Mapping):
        return item
    texts = {name: {JSON_TEXT: item[name]} for name in fields if isinstance(item.get(name), str) and item[name]}
    return {**item, **texts}
