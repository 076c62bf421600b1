"""The streams that a configuration offers, as a catalog describes them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from airbyte_cdk.models import AirbyteStream

from source_zendesk.account import Account
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import describe_stream
from source_zendesk.manifest.custom_objects import stream_name, with_object_streams
from source_zendesk.settings import Settings
from source_zendesk.settings.offered_streams import configured_properties

SelectEndpoints: TypeAlias = Callable[[Manifest, Settings], list[Endpoint]]


def describe_streams(
    manifest: Manifest, settings: Settings, select: SelectEndpoints, account: Account | None
) -> list[AirbyteStream]:
    """The streams that `select` returns, with the properties that the configuration adds to their schemas.

    With an `account`, they include a stream for each custom object, and a property for each custom field.
    """
    if account:
        keys = {stream_name(key, manifest): key for key in account.custom_object_keys()}
        manifest = with_object_streams(manifest, keys)
    return [
        describe_stream(manifest, endpoint, _added_properties(endpoint, settings, account))
        for endpoint in select(manifest, settings)
    ]


def _added_properties(endpoint: Endpoint, settings: Settings, account: Account | None) -> dict[str, Any]:
    properties = configured_properties(settings, endpoint)
    if account is None:
        return properties
    return {**properties, **account.added_properties(endpoint, settings.sideloads.get(endpoint.name, []))}
