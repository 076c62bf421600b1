"""The address in a response, and the requests that are made of it."""

import json
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from source_zendesk.http.refusals import UploadFailed
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.writes.action import Action
from source_zendesk.writes.presigned_upload import UploadAddress, media_type
from source_zendesk.writes.upload_file import UploadFile
from unit_tests.writes.write_helpers import respond

OPTIONS = FileUpload(address="job.data.upload")
URL = "https://storage.example.com/a"


def address_in(body: Any, options: FileUpload = OPTIONS) -> UploadAddress:
    return UploadAddress.from_response(respond(200, json.dumps(body).encode()), options)


def upload(content: Any) -> Any:
    return {"job": {"data": {"upload": content}}}


@pytest.fixture
def action(tmp_path: Path) -> Action:
    (tmp_path / "theme.zip").write_bytes(b"PK")
    return Action("s", {}, {}, UploadFile(tmp_path / "theme.zip"))


@pytest.mark.parametrize(
    "body", [None, [], "a", {}, {"job": []}, upload(None), upload("a"), upload({}), upload({"url": 1}),
             upload({"url": ""})],
)  # fmt: skip
def test_a_response_without_an_address_is_a_failed_upload(body: Any) -> None:
    with pytest.raises(UploadFailed, match=r"has no `job\.data\.upload`"):
        address_in(body)


def test_an_address_without_the_id_that_the_next_request_needs_is_a_failed_upload() -> None:
    with pytest.raises(UploadFailed):
        address_in({"upload": {"url": URL}}, FileUpload(address="upload", path="/a", id="token"))


def test_an_address_without_a_scheme_is_https() -> None:
    """The documented address of a theme is `storage.zdassets.com/storage-location`."""
    assert address_in(upload({"url": "storage.zdassets.com/a"})).url == "https://storage.zdassets.com/a"


@pytest.mark.parametrize("headers", [None, "", "{", "[1]", [1], 5])
def test_headers_of_another_form_are_none(headers: Any) -> None:
    assert address_in(upload({"url": URL, "headers": headers})).headers == {}


def test_a_form_has_the_file_after_all_parameters(action: Action) -> None:
    parameters = {"key": "themes/1", "policy": "eyJ", "x-amz-meta": 5}
    request = address_in(upload({"url": URL, "parameters": parameters})).request(action, "file")
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    assert isinstance(request.body, bytes)
    parts = [part for part in BytesParser().parsebytes(head + request.body).walk() if not part.is_multipart()]
    names = [part.get_param("name", header="content-disposition") for part in parts]
    contents = [part.get_payload(decode=True) for part in parts]
    assert (request.method, names) == ("POST", ["key", "policy", "x-amz-meta", "file"])
    assert contents == [b"themes/1", b"eyJ", b"5", b"PK"]
    assert (parts[-1].get_filename(), parts[-1].get_content_type()) == ("theme.zip", "application/zip")


def test_a_file_is_the_body_with_the_headers_of_its_address(action: Action) -> None:
    request = address_in(upload({"url": URL, "headers": {"Content-Type": "a/b"}})).request(action, "")
    assert (request.method, request.body) == ("PUT", b"PK")
    assert dict(request.headers) == {"Content-Type": "a/b", "Content-Length": "2"}


@pytest.mark.parametrize(
    ("body", "found"),
    [({}, "application/zip"), ({"content_type": "a/b"}, "a/b"), ({"content_type": None}, "application/zip")],
)
def test_the_media_type_is_that_of_the_body_or_of_the_name(body: Any, found: str, action: Action) -> None:
    assert media_type(Action("s", {}, body, action.file)) == found


def test_a_released_file_has_its_digest_and_no_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    file = UploadFile(tmp_path / "a")
    assert file.content == b"one"
    file.release()
    (tmp_path / "a").write_bytes(b"two")
    assert file.digest == UploadFile(_written(tmp_path / "b", b"one")).digest


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
