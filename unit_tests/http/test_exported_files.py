"""The objects of an exported file, whatever its form."""

import json
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_zendesk.http.exported_files import iter_objects

ROWS = [{"id": "1", "text": 'a "quoted" } and { \\'}, {"id": "2", "inner": [{"a": {}}, "}"]}, {}]
LINES = "\n".join(json.dumps(row) for row in ROWS)
FORMS = {
    "a list": json.dumps(ROWS),
    "an indented list": json.dumps(ROWS, indent=2),
    "an object a line": LINES,
    "an object a line, with a line break at the end": LINES + "\n",
    "an object a line, with Windows line breaks": LINES.replace("\n", "\r\n"),
    "indented objects": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "objects without separators": LINES.replace("\n", ""),
}
EMPTY = {"no content": "", "an empty list": "[]", "a line break": "\n", "an empty list with a line break": " [ ] \n"}
INVALID = {
    "a web page": "<html>Sign in</html>",
    "a web page with a style": "<html><style>p {color: red}</style></html>",
    "a truncated list": json.dumps(ROWS)[:-1],
    "a truncated object": json.dumps(ROWS)[:-10],
    "a truncated text": json.dumps(ROWS)[:20],
    "a list without its beginning": json.dumps(ROWS)[1:],
    "a text": '"no data"',
    "a list of texts": '["a", "b"]',
    "null": "null",
    "an object and another value": LINES + "\nnull",
    "a list of lists": json.dumps([ROWS]),
    "a closing brace": "}",
}


@pytest.fixture
def file() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as opened:
        yield opened


def objects(file: BinaryIO, content: str) -> list[Any]:
    file.write(content.encode())
    file.flush()
    return [json.loads(each) for each in iter_objects(file)]


@pytest.mark.parametrize("form", FORMS)
def test_every_object_is_returned(form: str, file: BinaryIO) -> None:
    assert objects(file, FORMS[form]) == ROWS


@pytest.mark.parametrize("form", EMPTY)
def test_a_file_without_objects_is_empty(form: str, file: BinaryIO) -> None:
    assert objects(file, EMPTY[form]) == []


@pytest.mark.parametrize("form", INVALID)
def test_a_file_of_another_form_is_an_error(form: str, file: BinaryIO) -> None:
    with pytest.raises(ValueError, match="list of objects"):
        objects(file, INVALID[form])


def test_the_objects_before_a_fault_are_returned_first(file: BinaryIO) -> None:
    file.write(INVALID["a truncated list"].encode())
    file.flush()
    found = iter_objects(file)
    assert [json.loads(next(found)) for _ in ROWS] == ROWS
    with pytest.raises(ValueError, match="not a complete list"):
        next(found)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=4), st.booleans(), st.booleans())
def test_any_objects_are_found(rows: list[Any], is_list: bool, is_ascii: bool) -> None:  # noqa: FBT001
    parts = [json.dumps(row, ensure_ascii=is_ascii) for row in rows]
    with tempfile.TemporaryFile() as opened:
        assert objects(opened, f"[{','.join(parts)}]" if is_list else "\n".join(parts)) == rows
