"""The endpoints as data: `manifest.yaml`, the products beside it, their schemas, and what they amount to as streams."""

from source_zendesk.manifest.entry import Entry
from source_zendesk.manifest.loader import Manifest

__all__ = ["Entry", "Manifest"]
