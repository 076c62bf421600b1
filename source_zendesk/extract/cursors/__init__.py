"""Cursors: where a read starts, which records are new, and the state that resumes it."""

from source_zendesk.extract.cursors.base import IncrementalRead, State

__all__ = ["IncrementalRead", "State"]
