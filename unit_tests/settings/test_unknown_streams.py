"""The error for a stream that the configuration does not offer names the remedy."""

from dataclasses import replace

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.settings.unknown_streams import unknown_stream_error
from unit_tests.settings.test_settings import parse

MANIFEST = Manifest.load()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("create_ticket", "Stream create_ticket is of kind action: name it in `actions` of the configuration."),
        ("search_export", "Stream search_export is of kind input: name it in `inputs` of the configuration."),
        ("custom_object_car", "Stream custom_object_car needs `custom_fields` set to `columns`"),
        ("tikets", "Stream tikets: there is no such stream; did you mean tickets"),
        ("xyz", "Stream xyz: there is no such stream. `source-zendesk streams` lists all of them."),
    ],
)
def test_the_error_of_an_unknown_stream_has_the_remedy(name: str, text: str) -> None:
    assert unknown_stream_error(name, MANIFEST, parse()).startswith(text)


def test_a_stream_of_a_product_whose_block_is_missing() -> None:
    tags = MANIFEST.endpoints["tags"]
    with_account = MANIFEST.with_endpoints([replace(tags, options=replace(tags.options, account="chat"))])
    expected = "Stream tags needs credentials of its own: add the block `chat` to the configuration."
    assert unknown_stream_error("tags", with_account, parse()) == expected
