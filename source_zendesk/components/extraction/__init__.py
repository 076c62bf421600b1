"""Where the records lie in an answer."""

from source_zendesk.components.extraction.base import Extraction

__all__ = ["Extraction"]
