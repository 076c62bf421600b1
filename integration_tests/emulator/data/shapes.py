"""The fields and types of every object, read from `shapes.json` here and in each product.

A type is `int`, `str`, `bool`, `num`, `time`, `ms` (a time with milliseconds), `date`, `object` or `any`,
`=a|b` for one of these strings, `[type]` for a list, `{field: type}` for an object, and `{"|": [types]}` for any of
these types.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent


PRODUCTS = HERE.parent / "products"


@lru_cache(maxsize=1)
def _of_products() -> dict[str, dict[str, Any]]:
    """The `seeds` and the `shapes` of all products."""
    found: dict[str, dict[str, Any]] = {"seeds": {}, "shapes": {}}
    for file in sorted(PRODUCTS.glob("*/shapes.json")):
        for part, rows in orjson.loads(file.read_bytes()).items():
            found[part] |= rows
    return found


@lru_cache(maxsize=1)
def shapes() -> dict[str, Any]:
    own: dict[str, Any] = orjson.loads((HERE / "shapes.json").read_bytes())
    return own | _of_products()["shapes"]


def seeds() -> dict[str, dict[str, Any]]:
    """Seed options of the product collections: parent, type of id and number of rows."""
    return _of_products()["seeds"]


def fits(value: Any, shape: Any) -> bool:
    """Whether a value has the type of the shape or is null; other fields may have any value."""
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
    kinds = {"str": str, "time": str, "ms": str, "date": str, "bool": bool, "num": (int, float)}
    return isinstance(value, kinds[shape])  # type: ignore[arg-type]
