"""The streams that the settings offer, and what the settings add to their records."""

from collections.abc import Iterable
from typing import Any

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog import SIDELOADS
from source_zendesk.manifest.catalog_policy import find_exclusion
from source_zendesk.manifest.file_fields import PATH_PROPERTY
from source_zendesk.manifest.record_schema import UNDECLARED_PROPERTY
from source_zendesk.settings.settings import Settings


def available_endpoints(manifest: Manifest, settings: Settings) -> list[Endpoint]:
    """The endpoints that a sync can read: those without arguments, and those that `inputs` or `actions` name.

    A sync reads them whether or not `discover` offers them. Endpoints of a product with credentials of its own need the
    product's block in the configuration.
    """
    return [
        endpoint
        for endpoint in manifest.endpoints.values()
        if (endpoint.is_readable or endpoint.name in {*settings.inputs, *settings.actions})
        and (not endpoint.options.account or endpoint.options.account in settings.products)
    ]


def access_errors(manifest: Manifest, settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """The error of each of these streams whose product has a block that is not valid."""
    accounts = {name: manifest.endpoints[name].options.account for name in names if name in manifest.endpoints}
    return {
        name: f"Stream {name}: {settings.products[account].problem}"
        for name, account in accounts.items()
        if account and settings.products[account].problem
    }


def offered_endpoints(manifest: Manifest, settings: Settings) -> list[Endpoint]:
    """The endpoints that `discover` offers: the available ones without the exclusions of the recommended catalog.

    Endpoints that the configuration names are always offered.
    """
    available = available_endpoints(manifest, settings)
    if settings.catalog == "complete":
        return available
    named = {*settings.inputs, *settings.actions, *settings.sideloads}
    return [
        endpoint for endpoint in available if endpoint.name in named or not find_exclusion(endpoint, manifest.endpoints)
    ]


def configured_properties(settings: Settings, endpoint: Endpoint) -> dict[str, Any]:
    """The properties that the configuration adds to the records of a stream; records of actions are responses."""
    sideloads = SIDELOADS if endpoint.name in settings.sideloads else {}
    collects = settings.collects_unknown_fields and endpoint.kind != "action"
    path = PATH_PROPERTY if settings.files_directory and endpoint.has_files else {}
    return {**sideloads, **path, **(UNDECLARED_PROPERTY if collects else {})}
