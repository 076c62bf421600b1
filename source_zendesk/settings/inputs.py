"""The arguments that the configuration gives to streams."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Entry, Manifest
from source_zendesk.settings.arguments import check_arguments
from source_zendesk.settings.nearest import did_you_mean


def arguments_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    """The items of `inputs` for each stream that they name; raises `ConfigError` for one that cannot be sent."""
    found: dict[str, list[dict[str, Any]]] = {}
    for index, item in enumerate(config["inputs"]):
        entry = _entry(manifest, item["stream"], index)
        check_arguments(entry, item["parameters"], f"inputs[{index}].parameters")
        found.setdefault(entry.name, []).append(item["parameters"])
    return found


def _entry(manifest: Manifest, name: str, index: int) -> Entry:
    entry = manifest.entries.get(name)
    if entry and (entry.kind == "input" or entry.parents):
        return entry
    takers = [e.name for e in manifest.entries.values() if e.kind == "input" or e.parents]
    hint = "needs no arguments." if entry else f"is no stream{did_you_mean(name, takers) or '.'}"
    raise ConfigError(f"`inputs[{index}].stream`: {name!r} {hint} docs/streams.md lists the streams that take some.")
