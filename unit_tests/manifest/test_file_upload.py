"""How the file of an action reaches a storage host."""

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.writes.action import JSON_AND_UPLOAD


@pytest.mark.parametrize("content", [{}, {"path": "/a", "id": "token"}, {"address": ""}, "upload", ["upload"]])
def test_an_upload_needs_an_address(content: object) -> None:
    with pytest.raises(ManifestError, match="an upload must be a mapping with `address`"):
        FileUpload.from_entry(content)


@pytest.mark.parametrize("key", ["path", "id"])
def test_the_request_for_an_address_gives_the_id_of_the_upload(key: str) -> None:
    with pytest.raises(ManifestError, match="an upload needs both `path` and `id`, or neither"):
        FileUpload.from_entry({"address": "upload", key: "a"})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ManifestError, match="an upload has no method"):
        FileUpload.from_entry({"address": "upload", "method": "put"})


def test_the_entries_with_an_upload_are_those_that_send_json_and_a_file() -> None:
    options = [endpoint.options for endpoint in Manifest.load().endpoints.values()]
    assert all(bool(each.upload) == (each.sends == JSON_AND_UPLOAD) for each in options)
