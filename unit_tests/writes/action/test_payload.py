"""A request contains a body, or a file in the format of its endpoint."""

from pathlib import Path

import pytest

from source_zendesk.writes.action import Action, build_payload
from source_zendesk.writes.upload_file import UploadFile


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    path.write_bytes(b"png")
    return path


def test_an_empty_body_is_sent_and_a_missing_one_is_not() -> None:
    assert build_payload(Action("s", {}, {}), "json", "") == {"json": {}}
    assert build_payload(Action("s", {}), "json", "") == {}


def test_a_file_is_the_body_or_a_form_field(image: Path) -> None:
    assert build_payload(Action("s", {}, file=UploadFile(image)), "binary", "") == {
        "data": b"png",
        "headers": {"Content-Type": "image/png"},
    }
    assert build_payload(Action("s", {}, file=UploadFile(image)), "multipart", "photo") == {
        "files": {"photo": ("me.png", b"png", "image/png")}
    }


def test_a_file_of_unknown_type_is_sent_as_binary(tmp_path: Path) -> None:
    (tmp_path / "a.q7").write_bytes(b"")
    assert build_payload(Action("s", {}, file=UploadFile(tmp_path / "a.q7")), "binary", "")["headers"] == {
        "Content-Type": "application/binary"
    }


def test_a_form_has_the_fields_of_the_body_and_the_file(image: Path) -> None:
    body = {"inline": True, "size": 2, "locale": "de"}
    fields = {"inline": (None, "true"), "size": (None, "2"), "locale": (None, "de")}
    file = {"file": ("me.png", b"png", "image/png")}
    assert build_payload(Action("s", {}, body), "form", "file") == {"files": fields}
    assert build_payload(Action("s", {}, body, UploadFile(image)), "form", "file") == {"files": {**fields, **file}}
    assert build_payload(Action("s", {}, None, UploadFile(image)), "form", "file") == {"files": file}
