"""The streams of a catalog that include their files."""

import pytest
from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)

from source_zendesk.errors import ConfigError
from source_zendesk.files.selection import check_directory_is_used, check_streams, select_streams
from source_zendesk.manifest import Manifest

MANIFEST = Manifest.load()


def catalog(**include_files: bool | None) -> ConfiguredAirbyteCatalog:
    return ConfiguredAirbyteCatalog(
        [
            ConfiguredAirbyteStream(
                AirbyteStream(name, {}, [SyncMode.full_refresh]),
                SyncMode.full_refresh,
                DestinationSyncMode.append,
                include_files=include,
            )
            for name, include in include_files.items()
        ]
    )


def test_the_streams_that_include_their_files_are_selected() -> None:
    selected = select_streams(catalog(article_attachments=True, macro_attachments=False, tickets=None), MANIFEST)
    assert selected == {"article_attachments"}
    assert select_streams(None, MANIFEST) == frozenset()


def test_a_stream_without_files_is_an_error_that_lists_those_with_files() -> None:
    with pytest.raises(ConfigError, match=r"`include_files`.*: streams without files: tickets, users") as raised:
        select_streams(catalog(users=True, tickets=True, article_attachments=True), MANIFEST)
    assert "Streams with files: article_attachments, " in str(raised.value.message)


def test_the_error_names_the_option() -> None:
    with pytest.raises(ConfigError, match=r"^--files: streams without files: tags"):
        check_streams({"tags"}, MANIFEST, "--files")


def test_a_directory_needs_a_stream_with_files() -> None:
    check_directory_is_used(None, frozenset())
    check_directory_is_used("out", frozenset({"article_attachments"}))
    with pytest.raises(ConfigError, match="no stream of the catalog includes its files"):
        check_directory_is_used("out", frozenset())
