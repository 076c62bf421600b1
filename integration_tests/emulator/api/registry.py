"""Which function answers which kind of endpoint, by the word in the `serve` column of `endpoints.json`."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.emulator.api.calls import Handler

HANDLERS: dict[str, Handler] = {}


def serve(*words: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        for word in words:
            HANDLERS[word] = handler
        return handler

    return keep
