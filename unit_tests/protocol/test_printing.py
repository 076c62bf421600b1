"""Pages are written in parts that end where lines end."""

import pytest

from source_zendesk.protocol.printing import whole_lines


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (b"", []),
        (b"a", [b"a\n"]),
        (b"aa\nbb\ncc", [b"aa\nbb\n", b"cc\n"]),
        (b"a\nbbbbbbbbbb\nc", [b"a\n", b"bbbbbbbbbb\n", b"c\n"]),
        (b"aaaaa\nbbbbb\nccccccc", [b"aaaaa\n", b"bbbbb\n", b"ccccccc\n"]),
    ],
)
def test_each_part_is_of_whole_lines_and_none_is_left_out(lines: bytes, parts: list[bytes]) -> None:
    assert list(whole_lines(lines, most=6)) == parts
