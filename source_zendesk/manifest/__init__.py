"""Loads the manifest: entries, families, parents, record schemas and the catalog."""

from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.loader import Manifest
from source_zendesk.manifest.parent_ref import ParentRef

__all__ = ["Endpoint", "Manifest", "ParentRef"]
