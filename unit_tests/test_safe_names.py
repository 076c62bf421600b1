"""Escaped names have only characters that destinations keep, and can be unescaped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.safe_names import escape_name, is_escaped, unescape_name

SAFE = re.compile("[a-z_][a-z0-9_]*")
# Texts of the characters from which escapes are made, so that keys that look like escapes occur.
NAMES = st.text("_x0025daA-", min_size=1) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(NAMES)
def test_an_escaped_name_is_safe_and_can_be_unescaped(name: str) -> None:
    escaped = escape_name(name)
    assert SAFE.fullmatch(escaped)
    assert unescape_name(escaped) == name
    assert is_escaped(escaped)


@pytest.mark.parametrize("name", ["car", "_car", "car_1", "my_xray", "a_x002d", "x002d_a", "a_xface1b2_", "field_360"])
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert (escape_name(name), unescape_name(name), is_escaped(name)) == (name, name, True)


@pytest.mark.parametrize("name", ["my-car", "Car", "1st", "ü", "standard::car"])
def test_a_name_of_an_earlier_version_is_not_escaped(name: str) -> None:
    assert not is_escaped(name)
    assert unescape_name(name) == name


@pytest.mark.parametrize("name", ["a_xffffff_", "a_xd800_"])
def test_a_code_of_no_character_is_no_escape(name: str) -> None:
    assert unescape_name(name) == name
