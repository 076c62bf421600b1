"""What a record carries besides what Zendesk sent, and what is taken off or masked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.components.reading.forms import Forms, Row, typed
from source_zendesk.masking import MASK, without_signers

BRAND = "brand_id"
ID = "integer"
SIGNERS = "@"


@dataclass(frozen=True)
class Finishing:
    """Adds the parents' ids, those of the path as `key_types` says, and the epoch second of reading (`stamp`).

    Takes off the fields `unasked`, puts a mask in the place of what the paths `masked` lead to, and brings values into
    the `forms` that are declared. A mask of an object hides all that is in it; a text where the path goes through an
    object is hidden too.
    """

    key_types: Mapping[str, str] = field(default_factory=dict)
    is_per_brand: bool = False
    stamp: str = ""
    unasked: Sequence[str] = ()
    masked: Sequence[str] = ()
    forms: Forms = field(default_factory=Forms)

    def of(self, rows: list[Row], values: Mapping[str, Any], asked_at: int) -> list[Row]:
        """The records of a page that was asked for with these values, at that epoch second."""
        added = {name: typed(values[name], kind) for name, kind in self.key_types.items() if name in values}
        if self.stamp:
            added[self.stamp] = asked_at
        if added:
            rows = [{**added, **row} for row in rows]
        if self.is_per_brand:
            brand = typed(values.get(BRAND), ID)
            rows = [row if row.get(BRAND) else {**row, BRAND: brand} for row in rows]
        if self.unasked:
            rows = [{name: value for name, value in row.items() if name not in self.unasked} for row in rows]
        return self.forms.of(masked(rows, self.masked))


def masked(rows: list[Row], paths: Iterable[str]) -> list[Row]:
    """The rows with a mask in the place of what dotted paths lead to.

    A path that ends in `@` leads to a text, of which only who signs addresses and the secrets of headers are masked.
    """
    for path in paths:
        hide = _without_signers if path.endswith(SIGNERS) else _hidden
        rows = [_masked(row, path.removesuffix(SIGNERS).split("."), hide) for row in rows]
    return rows


def _masked(value: Any, path: list[str], hide: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_masked(item, path, hide) for item in value]
    if not path or not isinstance(value, dict):
        return hide(value)
    if path[0] not in value:
        return value
    return {**value, path[0]: _masked(value[path[0]], path[1:], hide)}


def _without_signers(value: Any) -> Any:
    return without_signers(value) if isinstance(value, str) else value


def _hidden(value: Any) -> Any:
    """The same without its leaves; what is empty shows that there is nothing."""
    if isinstance(value, dict):
        return {name: _hidden(inner) for name, inner in value.items()}
    return value if value in (None, "", [], {}) else MASK
