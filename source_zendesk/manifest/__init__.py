"""The manifest: entries, families, parents, schemas and the catalog."""

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.loader import Manifest

__all__ = ["Endpoint", "Manifest"]
