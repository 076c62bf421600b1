"""The contents of files: the same bytes for the same id and size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import HOST, Maker


def content_of(row: Row) -> bytes:
    """The file of an attachment, as many bytes as its `size`."""
    block = hashlib.sha256(str(row["id"]).encode()).digest() * 2048
    size = int(row["size"])
    return (block * (size // len(block) + 1))[:size]


def embedded_files(rows: Iterable[Row], field: str) -> Iterator[Row]:
    """The files in a field of the rows, which contains one file or a list; a dotted field is one of an object."""
    for row in rows:
        value: Any = row
        for name in field.split("."):
            value = (value or {}).get(name) or []
        yield from value if isinstance(value, list) else [value]


def sound(identifier: str) -> Row:
    """A recording or greeting; its record contains only the address."""
    return {"id": identifier, "size": 4000, "content_type": "audio/mpeg"}


def describe(row: Row, m: Maker, name: str) -> None:
    """Set the name, in this field, the type and the size of a file."""
    kind = ("image/png", "application/pdf", "text/plain")[m.index % 3]
    row.update({name: f"file {m.index + 1}.{kind[-3:]}", "content_type": kind})
    row["size"] = m.index * 37 % 5000


@fixup("article_attachments")
def article_attachment(row: Row, m: Maker) -> None:
    row.update(inline=m.index % 2 == 0, locale="en-us", file=None, guide_media_id=None)
    row["content_url"] = f"{HOST}/hc/article_attachments/{m.id}/file"
    describe(row, m, "file_name")


@fixup("macro_attachments")
def macro_attachment(row: Row, m: Maker) -> None:
    row["content_url"] = f"{HOST}/api/v2/macros/attachments/{m.id}/content"
    describe(row, m, "filename")


def of_ticket(token: Any) -> int:
    """The id of a ticket attachment whose address contains this token."""
    return int(str(token)[1:]) if str(token)[1:].isdigit() else 0
