"""Where a read begins, which rows of a page are new, and the state from which it goes on."""

from source_zendesk.components.reading.cursors.progress import Progress, State

__all__ = ["Progress", "State"]
