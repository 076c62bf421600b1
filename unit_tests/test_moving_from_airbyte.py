"""What the page says about moving over holds for every stream of Airbyte's connector."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import find_exclusion

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "moving-from-airbyte.md").read_text()
THEIRS: dict[str, dict[str, Any]] = json.loads((ROOT / "unit_tests" / "data" / "airbyte_streams.json").read_text())
OURS = Manifest.load().endpoints
COMMON = sorted(set(THEIRS) & set(OURS))


def section(title: str) -> str:
    """The text under a heading of the page."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def table(title: str) -> list[list[str]]:
    """The rows of the table under a heading, without its head and without marks of code."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]]


def fields(stream: str) -> dict[str, Any]:
    return dict(Manifest.load().record_schema(OURS[stream])["properties"])


def kind(node: dict[str, Any]) -> str:
    """The type of a field, as `object|string` or `string:date-time`."""
    types = "|".join(sorted(set(node["type"]) - {"null"}))
    return f"{types}:{node['format']}" if "format" in node else types


def plain(kind: str) -> str:
    """As the page writes a type."""
    return kind.replace(":", ", ").replace("|", " or ")


def changed_types() -> Iterator[list[str]]:
    for stream in COMMON:
        known = fields(stream)
        for name, theirs in THEIRS[stream]["fields"].items():
            if name in known and kind(known[name]) != theirs:
                yield [stream, name, plain(theirs), plain(kind(known[name]))]


def changed_cursors() -> Iterator[list[str]]:
    for stream in COMMON:
        cursors = [THEIRS[stream]["cursor"], OURS[stream].cursor_field]
        if cursors[0] != cursors[1]:
            yield [stream, *(cursor or "none" for cursor in cursors)]


def test_all_their_streams_are_here() -> None:
    assert len(THEIRS) == 45
    assert set(THEIRS) <= set(OURS)


def test_the_page_names_their_streams_that_discover_leaves_out() -> None:
    named = re.findall(r"`(\w+)`", section("Streams outside the recommended catalog").split(" have ")[0])
    assert named == [stream for stream in COMMON if find_exclusion(OURS[stream], OURS)]


@pytest.mark.parametrize("stream", COMMON)
def test_a_stream_keeps_its_primary_key(stream: str) -> None:
    assert OURS[stream].primary_key == THEIRS[stream]["key"]


def test_a_stream_keeps_its_cursor_unless_the_page_says_another() -> None:
    assert table("Cursors that change") == list(changed_cursors())


def test_a_column_keeps_its_type_unless_the_page_says_another() -> None:
    documented = table("Columns that change their type")
    assert documented == sorted(documented)
    assert documented == list(changed_types())
    assert len(documented) == 23


def test_no_column_is_gone_but_the_one_that_the_page_names() -> None:
    gone = [(stream, name) for stream in COMMON for name in THEIRS[stream]["fields"] if name not in fields(stream)]
    assert gone == [("attribute_definitions", "confition")]
    assert "One column is gone" in PAGE
    assert all(f"`{word}`" in PAGE for pair in gone for word in pair)


def test_streams_whose_rows_differ_are_theirs() -> None:
    named = {name for row in table("Rows that differ") for name in re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", row[0])}
    assert named & set(COMMON) >= {"groups", "ticket_metrics", "ticket_comments", "audit_logs", "article_votes"}
    assert {name for name in named if "_" in name} <= set(COMMON)


def test_the_page_says_what_every_field_of_their_configuration_is() -> None:
    documented = {row[0] for row in table("Configuration")}
    assert documented == {
        "credentials", "start_date", "num_workers", "page_size", "ticket_search_lookback_days", "ignore_pagination",
    }  # fmt: skip
