"""Builds the file transfers of the streams that are read with files."""

from functools import cached_property

from source_zendesk.files.client import FileClient
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.transfer import FileStore, FileTransfer
from source_zendesk.manifest import Endpoint
from source_zendesk.manifest.parent_ref import BRANDS
from source_zendesk.retriever_factory import RetrieverFactory
from source_zendesk.settings import Settings
from source_zendesk.sync_context import SyncContext


class FileTransfers:
    """The file transfers of a sync, which share one `FileStore`: directory, limits, threads and report."""

    def __init__(self, retrievers: RetrieverFactory, settings: Settings, sync: SyncContext) -> None:
        self._retrievers, self._settings, self._sync = retrievers, settings, sync

    def build(self, endpoint: Endpoint) -> FileTransfer | None:
        """The file transfer of a stream, None if the stream is read without files."""
        if endpoint.name not in self._sync.with_files:
            return None

        def host() -> str:
            hosts = self._retrievers.brand_hosts
            address = hosts.help_center_address(endpoint.name) if endpoint.options.any_help_center else None
            return address.public_url if address else self._settings.api_url

        return FileTransfer(endpoint.name, endpoint.options.file, endpoint.primary_key, self._store, host)

    @cached_property
    def _store(self) -> FileStore:
        client = FileClient(
            self._settings.config,
            self._retrievers.authenticator(BRANDS),
            self._retrievers.brand_hosts.address_of,
            self._retrievers.budget,
            self._sync.connections,
        )
        return FileStore(
            self._sync.files_directory,
            FileLimits.from_config(self._settings.files),
            client,
            self._sync.services.file_report,
            self._settings.num_workers,
            adds_path=bool(self._settings.files_directory),
        )

    def close(self) -> None:
        """End the downloads of files."""
        if "_store" in vars(self):
            self._store.close()
