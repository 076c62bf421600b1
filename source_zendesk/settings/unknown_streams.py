"""The errors for streams of a catalog that the configuration does not offer."""

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.custom_objects import object_key
from source_zendesk.settings.inputs import suggestions
from source_zendesk.settings.settings import Settings


def unavailability(name: str, manifest: Manifest, settings: Settings) -> str:
    """What a stream that is not available lacks, as the heading of a list of such streams."""
    endpoint = manifest.endpoints.get(name)
    if endpoint and endpoint.options.account not in ("", *settings.products):
        return f"Streams that need the block `{endpoint.options.account}`"
    if endpoint:
        return f"Streams that need an item of `{endpoint.kind}s`"
    if object_key(name, manifest) and not settings.has_columns:
        return "Streams that need `custom_fields` set to `columns`"
    return "Unknown streams in the catalog"


def unknown_stream_error(name: str, manifest: Manifest, settings: Settings) -> str:
    """The cause and the remedy for a stream that is not available."""
    endpoint = manifest.endpoints.get(name)
    if endpoint and endpoint.options.account not in ("", *settings.products):
        return (
            f"Stream {name} needs credentials of its own: add the block `{endpoint.options.account}` to the "
            "configuration."
        )
    if endpoint:
        return f"Stream {name} is of kind {endpoint.kind}: name it in `{endpoint.kind}s` of the configuration."
    if object_key(name, manifest) and not settings.has_columns:
        return (
            f"Stream {name} needs `custom_fields` set to `columns` in the configuration. Otherwise remove it from "
            "the connection; `export_custom_object_records` has its records too."
        )
    hint = suggestions(name, manifest.endpoints) or "."
    return f"Stream {name}: there is no such stream{hint} `source-zendesk streams` lists all of them."
