"""Parses the queries of docs/recipes.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"
SECTION = re.compile(r"^## (?P<title>.+)\n\nFrom (?P<streams>`.+?`)\. (?P<text>.+)\n\n```sql\n(?P<sql>[^`]+)```$", re.M)


@dataclass(frozen=True)
class Recipe:
    """A recipe: title, required streams, explanation and query."""

    title: str
    streams: tuple[str, ...]
    text: str
    sql: str


def recipes() -> list[Recipe]:
    """All recipes, in the order of the page."""
    found = SECTION.finditer(PAGE.read_text())
    return [Recipe(one["title"], _names(one["streams"]), one["text"], one["sql"].strip()) for one in found]


def _names(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`(\w+)`", text))
