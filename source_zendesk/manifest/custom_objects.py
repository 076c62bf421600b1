"""One stream per custom object, derived from the stream that exports the records of all custom objects."""

from collections.abc import Mapping
from dataclasses import replace

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.loader import Manifest
from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path
from source_zendesk.safe_names import escape_name, unescape_name

PREFIX, SUFFIX = "custom_object_", "_object"
KEY = "custom_object_key"


def stream_name(key: str, manifest: Manifest) -> str:
    """The stream name of a custom object, safe for destinations; a suffix resolves conflicts with other streams."""
    return escape_name(f"{PREFIX}{key}{SUFFIX}" if _is_taken(key, manifest) else f"{PREFIX}{key}")


def object_key(name: str, manifest: Manifest) -> str:
    """The key of the custom object of a stream name, escaped or not; empty if the name belongs to no custom object."""
    name = unescape_name(name)
    if name in manifest.endpoints or not name.startswith(PREFIX):
        return ""
    key = name.removeprefix(PREFIX)
    return key.removesuffix(SUFFIX) if _is_taken(key, manifest) else key


def _is_taken(key: str, manifest: Manifest) -> bool:
    """Whether another stream has the name, with or without suffixes; then the object gets one more suffix."""
    while f"{PREFIX}{key}" not in manifest.endpoints and key.endswith(SUFFIX):
        key = key.removesuffix(SUFFIX)
    return f"{PREFIX}{key}" in manifest.endpoints


def with_object_streams(manifest: Manifest, keys: Mapping[str, str]) -> Manifest:
    """The manifest with a stream for each name and its key; keys that are not valid path segments get none."""
    endpoints = [endpoint for name, key in keys.items() if (endpoint := _object_endpoint(manifest, name, key))]
    return manifest.with_endpoints(endpoints)


def _object_endpoint(manifest: Manifest, name: str, key: str) -> Endpoint | None:
    records = manifest.endpoints[manifest.content["definitions"]["custom_objects"]["records"]]
    try:
        path = fill_path(records.path, {KEY: key})
    except InvalidPathValueError:
        return None
    options = replace(records.options, parents=[], incremental="none")
    return replace(records, name=name, path=path, options=options, parents=[], custom_object=key)
