"""The items of `inputs` and `sideloads`."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.placeholders import InvalidPathValueError, check_value


def suggestions(name: str, names: Iterable[str]) -> str:
    """`; did you mean a, b or c?`, with three names at most, the nearest first; empty where none is near."""
    *others, last = difflib.get_close_matches(name.strip().lower(), names, n=3) or [""]
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if last else ""


def check_parameters(endpoint: Endpoint, parameters: Mapping[str, Any], field: str) -> None:
    """Raise `ConfigError`, naming the field, for an argument that is missing, not taken or unfit for the path.

    `a|b` among the required arguments asks for one of the two.
    """
    known = [name for names in (*endpoint.required_params, *endpoint.optional_params) for name in names.split("|")]
    takes = f"{endpoint.name} takes {', '.join(known) or 'none'}"
    for names in endpoint.required_params:
        if all(parameters.get(name) in (None, "", []) for name in names.split("|")):
            raise ConfigError(f"`{field}.{names.replace('|', '` or `')}`: it is missing; {takes}.")
    for name in parameters:
        if name not in known and not endpoint.takes_body:
            raise ConfigError(f"`{field}.{name}`: there is no such parameter; {takes}.")
    try:
        for name in endpoint.placeholders:
            check_value(name, str(parameters.get(name, name)))
    except InvalidPathValueError as error:
        raise ConfigError(f"`{field}`: {error}.") from error


def inputs_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    """The items of `inputs` for each stream that they name; raises `ConfigError` for one that cannot be sent."""
    found: dict[str, list[dict[str, Any]]] = {}
    for index, item in enumerate(config["inputs"]):
        endpoint = _entry(manifest, item["stream"], index)
        check_parameters(endpoint, item["parameters"], f"inputs[{index}].parameters")
        found.setdefault(endpoint.name, []).append(item["parameters"])
    return found


def _entry(manifest: Manifest, name: str, index: int) -> Endpoint:
    endpoint = manifest.endpoints.get(name)
    if endpoint and (endpoint.kind == "input" or endpoint.parents):
        return endpoint
    takers = [e.name for e in manifest.endpoints.values() if e.kind == "input" or e.parents]
    hint = "needs no arguments." if endpoint else f"is no stream{suggestions(name, takers) or '.'}"
    raise ConfigError(f"`inputs[{index}].stream`: {name!r} {hint} docs/streams.md lists the streams that take some.")


def includes_by_stream(config: Mapping[str, Any], manifest: Manifest) -> dict[str, list[str]]:
    """What `sideloads` asks of each stream; raises `ConfigError` for what its endpoint does not document."""
    documented = {endpoint.name: endpoint.sideloads for endpoint in manifest.endpoints.values() if endpoint.sideloads}
    found: dict[str, list[str]] = {}
    for index, item in enumerate(config["sideloads"]):
        name, include = item["stream"], item.get("include")
        if name not in documented:
            hint = (
                suggestions(name, documented)
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
