"""A source connector for every endpoint of Zendesk that a Support credential opens, speaking the Airbyte protocol."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_zendesk.source import SourceZendesk

__all__ = ["SourceZendesk"]


def __getattr__(name: str) -> Any:
    """`SourceZendesk`, imported when it is asked for: the console script prepares what it needs before."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from source_zendesk.source import SourceZendesk  # noqa: PLC0415

    return SourceZendesk


def __dir__() -> list[str]:
    """With what has not been asked for yet: the CDK's test runner looks here for the source."""
    return sorted({*globals(), *__all__})
