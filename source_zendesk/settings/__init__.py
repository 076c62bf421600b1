"""Validation of the configuration and the state before any request."""

from source_zendesk.settings.settings import Settings

__all__ = ["Settings"]
