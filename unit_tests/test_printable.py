"""Printable text moves no terminal cursor, forges no line and can be encoded."""

from __future__ import annotations

import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.printable import PrintableFilter, count_of, join_first, printable_line, printable_text

ANY_TEXT = st.text(st.characters())
HOSTILE = ["\x1b[2J", "\x1b]0;title\x07", "a\rb", "\x9b31m", "a\u2028b", "\u202egpj", "\ud83d", "\x00", "\x7f", "\x85"]


@given(ANY_TEXT)
def test_every_text_is_encodable_and_has_no_control_character(text: str) -> None:
    printable = printable_text(text)
    printable.encode()
    assert {char for char in printable if unicodedata.category(char) == "Cc"} <= {"\n", "\t"}
    assert printable_text(printable) == printable


@given(ANY_TEXT)
def test_a_line_is_one_line(text: str) -> None:
    assert len(printable_line(text).splitlines()) <= 1


@pytest.mark.parametrize("text", HOSTILE)
def test_terminal_control_characters_are_replaced(text: str) -> None:
    assert not set(printable_line(text)) & set("\x1b\x07\r\x9b\u2028\u202e\ud83d\x00\x7f\x85")


@pytest.mark.parametrize("text", ["Zoë 🎉", "a\nb\tc", "שלום", "�"])
def test_printable_text_is_unchanged(text: str) -> None:
    assert printable_text(text) == text


@pytest.mark.parametrize(
    ("texts", "joined"),
    [("", ""), ("a", "a"), ("ab", "a, b"), ("abc", "a, b and 1 more"), ("abcde", "a, b and 3 more")],
)
def test_only_the_first_texts_are_joined(texts: str, joined: str) -> None:
    assert join_first(texts, 2) == joined


def test_texts_that_are_not_listed_count_among_the_rest() -> None:
    assert join_first(["a"], 2, total=5) == "a and 4 more"
    assert join_first(["a", "b"], 1, "; ", conjunction="; and ") == "a; and 1 more"


def test_a_logged_message_is_printable_with_its_arguments() -> None:
    record = logging.LogRecord("airbyte", logging.INFO, "", 1, "%s: \x1b[2J", ("a\rb",), None)
    assert PrintableFilter().filter(record)
    assert record.getMessage() == "a\ufffdb: \ufffd[2J"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 rows are new"), (1, "1 row is new"), (2, "2 rows are new"), (2000, "2,000 rows are new")],
)
def test_a_number_has_the_form_of_its_noun(count: int, expected: str) -> None:
    assert count_of(count, "row is new", "rows are new") == expected
    assert count_of(count, "page").endswith("page" if count == 1 else "pages")
