"""What the page says about moving over holds for every stream of Airbyte's connector for Support."""

from __future__ import annotations

import re

import pytest

from source_zendesk.manifest.catalog_policy import find_exclusion
from unit_tests.airbyte_page import (
    OURS,
    PAGE,
    airbyte_streams,
    changed_cursors,
    changed_types,
    gone_columns,
    section,
    table,
)

THEIRS = airbyte_streams("airbyte_streams.json")
COMMON = sorted(set(THEIRS) & set(OURS))
NAMES = dict(zip(COMMON, COMMON, strict=True))


def test_all_their_streams_are_here() -> None:
    assert len(THEIRS) == 45
    assert set(THEIRS) <= set(OURS)


def test_the_page_names_their_streams_that_discover_leaves_out() -> None:
    named = re.findall(r"`(\w+)`", section("Streams outside the recommended catalog").split(" have ")[0])
    assert named == [stream for stream in COMMON if find_exclusion(OURS[stream], OURS)]


@pytest.mark.parametrize("stream", COMMON)
def test_a_stream_keeps_its_primary_key(stream: str) -> None:
    assert OURS[stream].primary_key == THEIRS[stream]["key"]


def test_the_page_lists_every_changed_cursor() -> None:
    assert table("Cursors that change") == list(changed_cursors(THEIRS, NAMES))


def test_the_page_lists_every_changed_type() -> None:
    documented = table("Columns that change their type")
    assert documented == sorted(documented)
    assert documented == list(changed_types(THEIRS, NAMES))
    assert len(documented) == 23


def test_the_page_names_the_only_removed_column() -> None:
    gone = gone_columns(THEIRS, NAMES)
    assert gone == [("attribute_definitions", "confition")]
    assert "One column is gone" in PAGE
    assert all(f"`{word}`" in PAGE for pair in gone for word in pair)


def test_streams_whose_rows_differ_are_theirs() -> None:
    named = {name for row in table("Rows that differ") for name in re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", row[0])}
    assert named & set(COMMON) >= {"groups", "ticket_metrics", "ticket_comments", "audit_logs", "article_votes"}
    assert {name for name in named if "_" in name} <= set(COMMON)


def test_the_page_documents_every_field_of_their_configuration() -> None:
    documented = {row[0] for row in table("Configuration")}
    assert documented == {
        "credentials", "start_date", "num_workers", "page_size", "ticket_search_lookback_days", "ignore_pagination",
    }  # fmt: skip
