"""What a deletion leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from integration_tests.emulator.data.clock import Clock
from integration_tests.emulator.data.registration import kept_in
from integration_tests.emulator.data.rows import Row


class Ground(Protocol):
    """Where it is left."""

    clock: Clock

    def bury(self, name: str, row: Row, parent: Any) -> None: ...


Burial = Callable[[Ground, Row, Any], None]
BURIALS: dict[str, Burial] = {}

burial = kept_in(BURIALS)
"""Is told of each row that is deleted from a collection, and of its parent."""
