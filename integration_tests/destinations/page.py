"""The commands and programs of a section of a page, changed only where they name an account or a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "usage.md"
FILES_PAGE = DOCS / "files.md"


def blocks(heading: str, language: str, page: Path = PAGE) -> list[str]:
    """The fenced blocks of a section in one language."""
    section = page.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def with_replacements(text: str, replacements: Mapping[str, str]) -> str:
    """The text with other names; KeyError if the page no longer has one of them."""
    for old, new in replacements.items():
        if old not in text:
            raise KeyError(old)
        text = text.replace(old, new)
    return text
