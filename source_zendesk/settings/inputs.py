"""The items of `inputs` and `sideloads`."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.settings.configured_parents import configured_values, unset_fields
from source_zendesk.settings.faults import Faults
from source_zendesk.settings.field_values import as_object
from source_zendesk.settings.parameters import check_parameters, query_texts
from source_zendesk.settings.product_access import ProductAccess


def suggestions(name: str, names: Iterable[str]) -> str:
    """`; did you mean a, b or c?` with at most three names, the closest first; empty if none is close."""
    *others, last = difflib.get_close_matches(name.strip().lower(), names, n=3) or [""]
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if last else ""


def inputs_by_stream(
    items: Iterable[Mapping[str, Any]], manifest: Manifest, products: Mapping[str, ProductAccess]
) -> dict[str, list[dict[str, Any]]]:
    """The parameters of `inputs` by stream, with those that the blocks of `products` contain.

    Raises `ConfigError` with all faults of all items. If the block of its product is not, the item is not checked: its
    stream fails by the problem of the block, and all others are read.
    """
    inputs: dict[str, list[dict[str, Any]]] = {}
    faults = Faults()
    for index, item in enumerate(items):
        field = f"inputs[{index}].parameters"
        with faults.collect():
            given = as_object(item.get("parameters"), field)
            endpoint = _find_endpoint(manifest, item["stream"], index)
            parameters = {**configured_values(endpoint, manifest.endpoints, products), **given}
            access = products.get(endpoint.options.account)
            if access is None or not access.problem:
                check_parameters(endpoint, parameters, field, unset_fields(endpoint, manifest.endpoints, products))
            inputs.setdefault(endpoint.name, []).append(query_texts(endpoint, parameters))
    faults.raise_all()
    return inputs


def _find_endpoint(manifest: Manifest, name: str, index: int) -> Endpoint:
    endpoint = manifest.endpoints.get(name)
    if endpoint and (endpoint.kind == "input" or endpoint.parents):
        return endpoint
    candidates = [e.name for e in manifest.endpoints.values() if e.kind == "input" or e.parents]
    hint = "needs no arguments." if endpoint else f"is not a stream{suggestions(name, candidates) or '.'}"
    raise ConfigError(
        f"`inputs[{index}].stream`: {name!r} {hint} `source-zendesk streams` lists the streams that take arguments."
    )


def includes_by_stream(items: Iterable[Mapping[str, Any]], manifest: Manifest) -> dict[str, list[str]]:
    """The values of `sideloads` by stream; raises `ConfigError` for values that the endpoint does not document."""
    documented = {name: sideloads for name, each in manifest.endpoints.items() if (sideloads := each.options.sideloads)}
    includes: dict[str, list[str]] = {}
    for index, item in enumerate(items):
        name, include = item["stream"], item["include"]
        if name not in documented:
            hint = (
                suggestions(name, documented)
                or f"; {len(documented)} streams have sideloads, such as {next(iter(documented))}."
            )
            raise ConfigError(f"`sideloads[{index}].stream`: {name!r} has no sideloads{hint}")
        if not include or any(each not in documented[name] for each in include):
            raise ConfigError(
                f"`sideloads[{index}].include`: expected a list of sideloads that can be joined to records of "
                f"{name}: {', '.join(documented[name])}; got {include!r}."
            )
        includes[name] = list(dict.fromkeys([*includes.get(name, []), *include]))
    return includes
