"""What the CDK's own tests of file streams assert for `article_attachments`, by the CDK's test helpers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from airbyte_cdk.models import (
    AirbyteRecordMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    SyncMode,
)
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.sources.utils import files_directory
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.entrypoint_wrapper import discover as cdk_discover
from airbyte_cdk.test.entrypoint_wrapper import read as cdk_read

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.files import content_of
from integration_tests.harness import CONSOLE, Row, arguments
from source_zendesk import SourceZendesk

STREAM = "article_attachments"
LOGIN = {
    "type": "BasicHttpAuthenticator",
    "username": "{{ config['credentials']['email'] }}/token",
    "password": "{{ config['credentials']['api_token'] }}",
}


@pytest.fixture(scope="module")
def zendesk() -> Iterator[Emulator]:
    with Emulator(seed=1, rows=12, tickets=30) as account:
        for row in account.store.all(STREAM)[:3]:
            account.store.update(STREAM, row["id"], size=0)
        yield account


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The staging directory of the platform, which the CDK reads from the environment when it is imported."""
    directory = tmp_path / "staging"
    directory.mkdir()
    monkeypatch.setattr(files_directory, "AIRBYTE_STAGING_DIRECTORY", str(directory))
    return directory


def catalog_of(*, include_files: bool) -> ConfiguredAirbyteCatalog:
    catalog = CatalogBuilder().with_stream(STREAM, SyncMode.full_refresh).build()
    catalog.streams[0].include_files = include_files
    return catalog


def read(config: Row, *, include_files: bool = True) -> EntrypointOutput:
    catalog = catalog_of(include_files=include_files)
    output = cdk_read(SourceZendesk(catalog, config), config, catalog)
    output.raise_if_errors()
    return output


def records(output: EntrypointOutput) -> dict[int, AirbyteRecordMessage]:
    """The records of an output by id."""
    found = [message.record for message in output.records if message.record]
    return {record.data["id"]: record for record in found}


def check_files(found: dict[int, AirbyteRecordMessage], zendesk: Emulator, staging: Path) -> None:
    """Each record refers to a file below the staging directory that has all its bytes."""
    rows = {row["id"]: row for row in zendesk.store.all(STREAM)}
    assert set(found) == set(rows)
    for key, record in found.items():
        reference, path = record.file_reference, f"{STREAM}/{key}/{rows[key]['file_name']}"
        assert reference
        assert reference.source_file_relative_path == path
        assert reference.staging_file_url == str(staging / path)
        assert reference.file_size_bytes == rows[key]["size"]
        assert Path(reference.staging_file_url).read_bytes() == content_of(rows[key])


def test_discovered_streams_are_file_based(zendesk: Emulator) -> None:
    config = zendesk.config()
    catalog = cdk_discover(SourceZendesk(config=config), config).catalog.catalog
    assert catalog
    assert {stream.name for stream in catalog.streams if stream.is_file_based} >= {STREAM, "ticket_attachments"}
    assert not next(stream for stream in catalog.streams if stream.name == "tickets").is_file_based


def test_records_refer_to_files_in_the_staging_directory(zendesk: Emulator, staging: Path) -> None:
    check_files(records(read(zendesk.config())), zendesk, staging)


def test_without_include_files_no_record_refers_to_a_file(zendesk: Emulator, staging: Path) -> None:
    found = records(read(zendesk.config(), include_files=False))
    assert found
    assert not any(record.file_reference for record in found.values())
    assert list(staging.iterdir()) == []


def test_the_environment_of_the_platform_names_the_staging_directory(zendesk: Emulator, tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog_of(include_files=True))
    line = [str(CONSOLE), "read", *arguments(tmp_path, {"config": zendesk.config(), "catalog": catalog})]
    env = {**os.environ, "AIRBYTE_STAGING_DIRECTORY": str(staging)}
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    output = EntrypointOutput(done.stdout.splitlines())
    output.raise_if_errors()
    check_files(records(output), zendesk, staging)


def cdk_manifest(articles: list[str]) -> Row:
    """A manifest of the CDK's own components, with its file uploader and the file name of Airbyte's connector."""
    path = "/api/v2/help_center/articles/{{ stream_partition.article }}/attachments"
    extractor = {"type": "DpathExtractor", "field_path": [STREAM]}
    retriever = {
        "type": "SimpleRetriever",
        "requester": {"type": "HttpRequester", "url": "{{ config['base_url'] }}" + path, "authenticator": LOGIN},
        "record_selector": {"type": "RecordSelector", "extractor": extractor},
        "partition_router": {"type": "ListPartitionRouter", "values": articles, "cursor_field": "article"},
    }
    # The emulator serves the host of the account at its own address.
    file = "{{ download_target | replace('https://acme.zendesk.com', config['base_url']) }}"
    uploader = {
        "type": "FileUploader",
        "requester": {"type": "HttpRequester", "url": file, "authenticator": LOGIN},
        "download_target_extractor": {"type": "DpathExtractor", "field_path": ["content_url"]},
        "filename_extractor": "{{ record.id }}/{{ record.file_name }}/",
    }
    stream = {
        "type": "DeclarativeStream",
        "name": STREAM,
        "primary_key": ["id"],
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
        "retriever": retriever,
        "file_uploader": uploader,
    }
    check, spec = {"type": "CheckStream", "stream_names": [STREAM]}, {"type": "Spec", "connection_specification": {}}
    return {"type": "DeclarativeSource", "version": "6.0.0", "check": check, "streams": [stream], "spec": spec}


def test_references_are_those_of_the_file_uploader_of_the_cdk(zendesk: Emulator, staging: Path) -> None:
    config, catalog = zendesk.config(), catalog_of(include_files=True)
    articles = [str(row["id"]) for row in zendesk.expected("GET", "/api/v2/help_center/articles")]
    own = records(read(config))
    source = ConcurrentDeclarativeSource(catalog, config, [], source_config=cdk_manifest(articles))
    output = cdk_read(source, config, catalog)
    output.raise_if_errors()
    expected = records(output)
    assert expected
    assert {key: own[key].file_reference for key in expected} == {key: expected[key].file_reference for key in expected}
    check_files(own, zendesk, staging)
