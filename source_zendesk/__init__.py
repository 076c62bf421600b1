"""A source connector for every endpoint of Zendesk Support, speaking the Airbyte protocol."""

from source_zendesk.source import SourceZendesk

__all__ = ["SourceZendesk"]
