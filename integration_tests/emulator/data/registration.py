"""A decorator that registers functions by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function")


def register_as(table: dict[str, Function]) -> Callable[..., Callable[[Function], Function]]:
    """A decorator whose arguments are the names under which the table contains the function."""

    def decorator(*names: str) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            table.update(dict.fromkeys(names, function))
            return function

        return register

    return decorator
