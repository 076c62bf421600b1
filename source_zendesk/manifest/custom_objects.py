"""The streams of single custom objects, each made of the stream that exports the records of all."""

from collections.abc import Iterable
from dataclasses import replace

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.loader import Manifest
from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path

PREFIX, SUFFIX = "custom_object_", "_object"
KEY = "custom_object_key"


def stream_name(key: str, manifest: Manifest) -> str:
    """The name of an object's stream; a suffix tells it from a stream of this connector that would have the same."""
    return f"{PREFIX}{key}{SUFFIX}" if _is_taken(key, manifest) else f"{PREFIX}{key}"


def object_key(name: str, manifest: Manifest) -> str:
    """The key of the object whose stream has this name, empty where no object's stream can have it."""
    if name in manifest.endpoints or not name.startswith(PREFIX):
        return ""
    key = name.removeprefix(PREFIX)
    return key.removesuffix(SUFFIX) if _is_taken(key, manifest) else key


def _is_taken(key: str, manifest: Manifest) -> bool:
    """Whether a stream has the name, or would have it but for suffixes: those need one more, so that none is lost."""
    while f"{PREFIX}{key}" not in manifest.endpoints and key.endswith(SUFFIX):
        key = key.removesuffix(SUFFIX)
    return f"{PREFIX}{key}" in manifest.endpoints


def with_object_streams(manifest: Manifest, keys: Iterable[str]) -> Manifest:
    """The manifest with the streams of these objects besides; a key that cannot stand in a path has none."""
    made = [endpoint for key in keys if (endpoint := _entry(manifest, key))]
    return manifest.with_endpoints(made)


def _entry(manifest: Manifest, key: str) -> Endpoint | None:
    records = manifest.endpoints[manifest.content["definitions"]["custom_objects"]["records"]]
    try:
        endpoint = fill_path(records.path, {KEY: key})
    except InvalidPathValueError:
        return None
    facts = {**records.options, KEY: key, "parents": [], "incremental": "none"}
    return replace(records, name=stream_name(key, manifest), path=endpoint, options=facts, parents=[])
