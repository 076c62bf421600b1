"""An Airbyte-protocol source connector for the Zendesk endpoints that accept a Support credential."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_zendesk.source import SourceZendesk

__all__ = ["SourceZendesk"]


def __getattr__(name: str) -> Any:
    """Import `SourceZendesk` on first access: the console script runs its preparations before the import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from source_zendesk.source import SourceZendesk  # noqa: PLC0415

    return SourceZendesk


def __dir__() -> list[str]:
    """Include names that are not imported yet: the CDK's test runner finds the source here."""
    return sorted({*globals(), *__all__})
