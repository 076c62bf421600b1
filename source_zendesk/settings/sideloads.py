"""The objects that the configuration wants beside records."""

from collections.abc import Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.nearest import did_you_mean


def includes_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[str]]:
    """What `sideloads` asks of each stream; raises `ConfigError` for what its endpoint does not document."""
    documented = {entry.name: entry.sideloads for entry in manifest.entries.values() if entry.sideloads}
    found: dict[str, list[str]] = {}
    for index, item in enumerate(config["sideloads"]):
        name, include = item["stream"], item.get("include")
        if name not in documented:
            hint = (
                did_you_mean(name, documented)
                or f"; streams that have some: {len(documented)}, such as {next(iter(documented))}."
            )
            raise ConfigError(f"`sideloads[{index}].stream`: {name!r} has no side-loads{hint}")
        if not isinstance(include, list) or not include or any(each not in documented[name] for each in include):
            raise ConfigError(
                f"`sideloads[{index}].include`: expected a list of some of {', '.join(documented[name])}, which the "
                f"records of {name} can be matched with; got {include!r}."
            )
        found[name] = list(dict.fromkeys([*found.get(name, []), *include]))
    return found
