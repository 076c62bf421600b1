"""JSON is parsed unchanged; an invalid value is replaced and costs no record."""

import json
import logging
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk import json_values
from source_zendesk.http.response import parse, parse_serializable

REPLACED = "\N{REPLACEMENT CHARACTER}"
# Includes unpaired surrogates, integers beyond 64 bits, NaN and infinite floats.
TEXTS = st.text(alphabet=st.characters(exclude_categories=()))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def nested(levels: int) -> bytes:
    return b'[{"a":' * levels + b"1" + b"}]" * levels


@pytest.mark.parametrize(
    ("content", "body"),
    [(b'{"a": 1}', {"a": 1}), (b"", {}), (b"[]", []), (b'{"n": 9007199254740993}', {"n": 9007199254740993})],
)
def test_valid_json_is_parsed_unchanged(content: bytes, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert parse(content, "tickets") == body
    assert not caplog.messages


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": "x\xff"}', f"x{REPLACED}"),
        (b'{"a": "\\ud800x"}', f"{REPLACED}x"),
        (b'{"a": "x\ny"}', "x\ny"),
        (b'{"a": NaN}', None),
        (b'{"a": -Infinity}', None),
        (b'{"a": 1e999}', None),
        (b'{"a": %b}' % (b"9" * 400), None),
        (b'{"a": %b}' % (b"9" * 5000), None),
        (b'{"a": [%b, NaN]}' % (b"9" * 30), [1e30, None]),
        (b'\xef\xbb\xbf{"a": 1}', 1),
    ],
)
def test_an_invalid_value_is_replaced_and_logged(content: bytes, value: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert parse(content, "tickets") == {"a": value}
    assert "Stream tickets: a response contains invalid" in caplog.text


@pytest.mark.parametrize("content", [b'{"a": ', b"<html>", b'{"a": "x', b"[" * 100_000, b"[" * 3000 + b"]" * 2000])
def test_truncated_json_and_other_text_is_an_error(content: bytes) -> None:
    for parser in (parse, parse_serializable):
        with pytest.raises(ValueError):  # noqa: PT011
            parser(content)


def test_the_log_names_record_and_field(caplog: pytest.LogCaptureFixture) -> None:
    rows = b'[{"id": 1, "a": "\xff"}, {"id": 2, "a": "good"}, {"b": [NaN]}, {"id": 3, "c": {"d": NaN}}]'
    parse(b'{"rows": %b, "count": NaN}' % rows, "tickets")
    assert "(id 1: a, id unknown: b.0, id 3: c.d, count)" in caplog.text


@pytest.mark.parametrize("levels", [100, 150, 500, 5000, 50_000])
def test_values_below_the_maximum_depth_are_null(levels: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    body = parse_serializable(b'{"rows": [{"id": 7, "deep": %b}]}' % nested(levels), "tickets")
    assert body["rows"][0]["id"] == 7
    assert json_values.dumps({"record": {"data": body}})
    assert ("id 7: deep" in caplog.text) == (levels > 100)


@given(VALUES)
def test_any_value_can_be_serialized(value: Any) -> None:
    body = parse_serializable(json.dumps({"rows": [{"id": 1, "field": value}]}).encode(), "tickets")
    assert orjson.loads(orjson.dumps(body))["rows"][0]["id"] == 1
    assert orjson.loads(json_values.dumps(json_values.make_serializable(value))) == orjson.loads(
        json_values.dumps(value)
    )
