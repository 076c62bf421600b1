"""The fields that describe the file of a record."""

from typing import Any

import pytest

from source_zendesk.errors import ManifestError
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.documented_keys import keys_of
from source_zendesk.manifest.file_fields import FileFields

MANIFEST = Manifest.load()
WITH_FILES = [endpoint for endpoint in MANIFEST.endpoints.values() if endpoint.has_files]


def declared(schema: dict[str, Any], path: str) -> Any:
    """The property under a dotted path."""
    for name in path.split("."):
        schema = schema["properties"][name]
    return schema


@pytest.mark.parametrize("endpoint", WITH_FILES, ids=lambda endpoint: endpoint.name)
def test_the_schema_declares_each_field_of_a_file(endpoint: Endpoint) -> None:
    schema = MANIFEST.record_schema(endpoint)

    for key in keys_of(FileFields):
        path = getattr(endpoint.options.file, key.name)
        assert path == key.default or path is True or declared(schema, path)


@pytest.mark.parametrize("endpoint", WITH_FILES, ids=lambda endpoint: endpoint.name)
def test_a_stream_with_files_has_a_key_that_separates_them(endpoint: Endpoint) -> None:
    assert endpoint.primary_key


def test_a_stream_without_the_key_has_no_files() -> None:
    assert not MANIFEST.endpoints["tickets"].has_files


@pytest.mark.parametrize("content", [{}, {"name": "file_name"}, {"url": ""}, "content_url", ["content_url"]])
def test_a_file_needs_an_address(content: object) -> None:
    with pytest.raises(ManifestError, match="a file must be a mapping with `url`"):
        FileFields.from_entry(content)
