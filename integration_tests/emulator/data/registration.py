"""Functions that are found by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function")


def kept_in(table: dict[str, Function]) -> Callable[..., Callable[[Function], Function]]:
    """A decorator that takes names and keeps the function in the table under each."""

    def named(*names: str) -> Callable[[Function], Function]:
        def keep(function: Function) -> Function:
            table.update(dict.fromkeys(names, function))
            return function

        return keep

    return named
