"""Where the records lie in an answer."""

from source_zendesk.components.reading.extraction.base import Extraction

__all__ = ["Extraction"]
