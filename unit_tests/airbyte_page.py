"""Reads the page on moving from Airbyte's connectors, and compares their streams with those of the manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_zendesk.manifest import Manifest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "moving-from-airbyte.md").read_text()
OURS = Manifest.load().endpoints
Streams = Mapping[str, Mapping[str, Any]]


def airbyte_streams(file: str) -> dict[str, dict[str, Any]]:
    """The streams of a connector of Airbyte: key, cursor, and the type of each field."""
    streams: dict[str, dict[str, Any]] = json.loads((ROOT / "unit_tests" / "data" / file).read_text())
    return streams


def section(title: str) -> str:
    """The text under a heading of the page; empty if it has no such heading."""
    found = re.search(rf"^##+ {title}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def table(title: str) -> list[list[str]]:
    """The rows of the table under a heading, without its head and without marks of code."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]]


def fields(stream: str) -> dict[str, Any]:
    """The properties of a stream's records here."""
    return dict(Manifest.load().record_schema(OURS[stream])["properties"])


def changed_types(streams: Streams, names: Mapping[str, str]) -> Iterator[list[str]]:
    """The columns whose type differs, as the page lists them; `names` are the streams here by their names."""
    for theirs, ours in names.items():
        known = fields(ours)
        for name, type_ in streams[theirs]["fields"].items():
            if name in known and _kind(known[name]) != type_:
                yield [ours, name, _plain(type_), _plain(_kind(known[name]))]


def changed_keys(streams: Streams, names: Mapping[str, str]) -> Iterator[list[str]]:
    """The streams with another primary key, as the page lists them."""
    for theirs, ours in names.items():
        keys = [streams[theirs]["key"], OURS[ours].primary_key]
        if keys[0] != keys[1]:
            yield [ours, *(", ".join(key) or "none" for key in keys)]


def changed_cursors(streams: Streams, names: Mapping[str, str]) -> Iterator[list[str]]:
    """The streams with another cursor field, as the page lists them."""
    for theirs, ours in names.items():
        cursors = [streams[theirs]["cursor"], OURS[ours].cursor_field]
        if cursors[0] != cursors[1]:
            yield [ours, *(cursor or "none" for cursor in cursors)]


def gone_columns(streams: Streams, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The columns without a property here."""
    pairs = ((theirs, ours, name) for theirs, ours in names.items() for name in streams[theirs]["fields"])
    return [(ours, name) for _, ours, name in pairs if name not in fields(ours)]


def _kind(node: Mapping[str, Any]) -> str:
    """The type of a field, as `object|string` or `string:date-time`."""
    types = "|".join(sorted(set(node["type"]) - {"null"}))
    return f"{types}:{node['format']}" if "format" in node else types


def _plain(kind: str) -> str:
    """A type as the page writes it."""
    return kind.replace(":", ", ").replace("|", " or ")
