"""JSON is read as it was sent; a value that is none costs itself and no row."""

from typing import Any

import pytest

from source_zendesk.components.requests.json_body import faulty_rows, parsed


@pytest.mark.parametrize(
    ("content", "body"),
    [(b'{"a": 1}', {"a": 1}), (b"", {}), (b"[]", []), (b'{"n": 9007199254740993}', {"n": 9007199254740993})],
)
def test_sound_json_is_read_as_it_was_sent(content: bytes, body: Any) -> None:
    assert parsed(content) == (body, True)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": "x\xff"}', "x\N{REPLACEMENT CHARACTER}"),
        (b'{"a": "\\ud800x"}', "\N{REPLACEMENT CHARACTER}x"),
        (b'{"a": "x\ny"}', "x\ny"),
        (b'{"a": NaN}', None),
        (b'{"a": -Infinity}', None),
        (b'{"a": 1e999}', None),
        (b'\xef\xbb\xbf{"a": 1}', 1),
    ],
)
def test_a_value_that_cannot_be_read_is_mended_and_told_of(content: bytes, value: Any) -> None:
    assert parsed(content) == ({"a": value}, False)


@pytest.mark.parametrize("content", [b'{"a": ', b"<html>", b'{"a": "x', b"[" * 100_000])
def test_what_is_cut_off_or_no_json_is_an_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parsed(content)


def test_the_faulty_rows_are_named() -> None:
    content = b'{"rows": [{"id": 1, "a": "\xff"}, {"id": 2, "a": "good"}, {"a": NaN}, {"id": 3, "a": NaN}], "count": 3}'
    assert faulty_rows(content) == ["1", "None", "3"]
    assert faulty_rows(b'[{"id": 1, "a": "\xff"}]') == []
