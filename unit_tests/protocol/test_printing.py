"""Pages are written in parts that end where lines end."""

import pytest

from source_zendesk.protocol.printing import whole_lines


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (b"", []),
        (b"a\n", [b"a\n"]),
        (b"aa\nbb\ncc\n", [b"aa\nbb\n", b"cc\n"]),
        (b"a\nbbbbbbbbbb\nc\n", [b"a\n", b"bbbbbbbbbb\n", b"c\n"]),
        (b"aaaaa\nbbbbb\nccccccc\n", [b"aaaaa\n", b"bbbbb\n", b"ccccccc\n"]),
    ],
)
def test_each_part_is_of_whole_lines_and_none_is_left_out(lines: bytes, parts: list[bytes]) -> None:
    assert list(whole_lines(lines, most=6)) == parts
