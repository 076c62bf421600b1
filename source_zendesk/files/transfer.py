"""Stores the files of the records of a stream."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from airbyte_cdk.models import AirbyteRecordMessageFileReference

from source_zendesk.files.client import FileClient
from source_zendesk.files.download import FileDownload
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.names import extension_of, relative_path
from source_zendesk.files.partial_file import PartialFile
from source_zendesk.files.remote_file import FileSkipped, RemoteFile
from source_zendesk.files.stored_file import StoredFile, find_stored
from source_zendesk.manifest.file_fields import PATH_FIELD, FileFields
from source_zendesk.output.file_report import FileReport

Row = dict[str, Any]
Reference: TypeAlias = AirbyteRecordMessageFileReference
LOCKS = 64
# Files that are downloaded at the same time if the number of concurrent requests is not set.
DEFAULT_DOWNLOADS = 4


@dataclass
class FileStore:
    """What all streams with files share: the directory, the limits, the threads, and the report.

    At most half as many files as `num_workers` are downloaded at the same time: a stream waits while they are. With
    `adds_path`, each record gets the path of its file below the directory.
    """

    directory: Path
    limits: FileLimits
    client: FileClient
    report: FileReport
    num_workers: int | None = None
    adds_path: bool = False

    def __post_init__(self) -> None:
        """Start no thread yet."""
        downloads = self.num_workers // 2 if self.num_workers else DEFAULT_DOWNLOADS
        self.threads = ThreadPoolExecutor(downloads, thread_name_prefix="files")
        self._locks = [threading.Lock() for _ in range(LOCKS)]

    def close(self) -> None:
        """Start no further download, and close the connections."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.client.close()

    def lock(self, path: Path) -> threading.Lock:
        """The lock of a path, which it may share with others: two records of a read may have the same file."""
        return self._locks[hash(path) % LOCKS]


@dataclass(frozen=True)
class FileTransfer:
    """Stores the files of a stream below the staging directory, and returns the references for its records.

    A file has its final name only after its last byte. A complete file of an earlier run is not downloaded again.
    `host` returns the URL of the host of addresses that are only a path.
    """

    stream: str
    fields: FileFields
    primary_key: Sequence[str]
    store: FileStore
    host: Callable[[], str]

    def store_files(self, rows: list[Row]) -> tuple[list[Row], list[Reference | None]]:
        """The records, and the reference of each; None for a record whose file is skipped, which the report counts.

        Raises `FileStorageError` if the disk is full, and the errors of the download after all retries.
        """
        references = list(self.store.threads.map(self._store_file, rows))
        return _add_paths(rows, references) if self.store.adds_path else rows, references

    def _store_file(self, row: Row) -> Reference | None:
        key, directory = self._key(row), self.store.directory
        try:
            file = RemoteFile.from_row(row, self.fields, self.host)
            file.check(self.store.limits)
            path = directory / relative_path(self.stream, key, file.name or file.stem or key[-1])
            with self.store.lock(path):
                stored = self._download(file, path)
        except FileSkipped as skipped:
            self.store.report.add_skipped(self.stream, str(skipped), key)
            return None
        if file.size not in (None, stored.size):
            self.store.report.add_other_size(self.stream, key)
        return Reference(
            staging_file_url=str(stored.path),
            source_file_relative_path=stored.path.relative_to(directory).as_posix(),
            file_size_bytes=stored.size,
        )

    def _key(self, row: Row) -> list[object]:
        """The primary key, and the id of the file: a user's new photo has the key of the old one."""
        key = [row.get(name) for name in self.primary_key]
        file_id = None if self.fields.id in self.primary_key else row.get(self.fields.id)
        return key if file_id is None else [*key, file_id]

    def _download(self, file: RemoteFile, path: Path) -> StoredFile:
        """The complete file: at the path, with an extension if the file has no name."""
        found, part = find_stored(file, path), PartialFile(self.stream, path)
        if found and file.size in (None, found.size) and not self.fields.is_replaceable:
            return self._present(found)
        download = FileDownload(self.stream, file, self.store.client, self.store.limits, found.size if found else None)
        try:
            is_new = download.run(part)
        except FileSkipped:
            part.discard()
            raise
        if found and not is_new:
            return self._present(found)
        extension = "" if file.name else extension_of(file.content_type or download.content_type)
        stored = StoredFile(part.complete(file.changed_at, extension), part.size)
        self.store.report.add_stored(self.stream, stored.size)
        return stored

    def _present(self, found: StoredFile) -> StoredFile:
        self.store.report.add_present(self.stream)
        return found


def _add_paths(rows: list[Row], references: list[Reference | None]) -> list[Row]:
    """Copies of the records, because another stream may emit the same ones."""
    paths = [reference and reference.source_file_relative_path for reference in references]
    return [{**row, PATH_FIELD: path} for row, path in zip(rows, paths, strict=True)]
