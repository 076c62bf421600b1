"""The fields and types of every object, read from `shapes.json`.

A type is `int`, `str`, `bool`, `num`, `time`, `object` or `any`, `=a|b` for one of some words, `[type]` for a list,
`{field: type}` for an object, and `{"|": [types]}` for any of several.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def shapes() -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads((HERE / "shapes.json").read_bytes())
    return loaded


def fits(value: Any, shape: Any) -> bool:
    """Whether a value has the described type, or is null; fields that a shape does not name are free."""
    if value is None or shape in ("any", "object"):
        return value is None or shape == "any" or isinstance(value, dict)
    if isinstance(shape, str):
        return _fits_scalar(value, shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if "|" in shape:
        return any(fits(value, option) for option in shape["|"])
    return isinstance(value, dict) and all(fits(value[name], kind) for name, kind in shape.items() if name in value)


def _fits_scalar(value: Any, shape: str) -> bool:
    if shape.startswith("="):
        return value in shape[1:].split("|")
    if shape == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    kinds = {"str": str, "time": str, "bool": bool, "num": (int, float)}
    return isinstance(value, kinds[shape])  # type: ignore[arg-type]
