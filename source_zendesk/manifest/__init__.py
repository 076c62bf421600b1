"""Loads the manifest: entries, families, parents, record schemas and the catalog."""

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.loader import Manifest

__all__ = ["Endpoint", "Manifest"]
