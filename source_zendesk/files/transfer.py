"""Stores the files of the records of a stream."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from airbyte_cdk.models import AirbyteRecordMessageFileReference

from source_zendesk.files.client import FileClient
from source_zendesk.files.download import FileDownload
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.names import relative_path
from source_zendesk.files.partial_file import PartialFile
from source_zendesk.files.remote_file import FileSkipped, RemoteFile
from source_zendesk.manifest.file_fields import FileFields
from source_zendesk.output.file_report import FileReport

Row = dict[str, Any]
Reference: TypeAlias = AirbyteRecordMessageFileReference
LOCKS = 64
# Files that are downloaded at the same time if the number of concurrent requests is not set.
DEFAULT_DOWNLOADS = 4


@dataclass
class FileStore:
    """What all streams with files share: the directory, the limits, the threads, and the report.

    At most half as many files as `num_workers` are downloaded at the same time: a stream waits while they are.
    """

    directory: Path
    limits: FileLimits
    client: FileClient
    report: FileReport
    num_workers: int | None = None

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

    A file has its final name only after its last byte, and its size is that of the record. A complete file of an
    earlier run is not downloaded again: it has the size and the time of the record.
    """

    stream: str
    fields: FileFields
    primary_key: Sequence[str]
    store: FileStore

    def store_files(self, rows: Sequence[Row]) -> list[Reference | None]:
        """The reference of each record; None for a record whose file is skipped, which the report counts.

        Raises `FileStorageError` if the disk is full, and the errors of the download after all retries.
        """
        return list(self.store.threads.map(self._store_file, rows))

    def _store_file(self, row: Row) -> Reference | None:
        key = [row.get(name) for name in self._key_fields(row)]
        try:
            file = RemoteFile.from_row(row, self.fields)
            file.check(self.store.limits)
            path = relative_path(self.stream, key, file.name)
            with self.store.lock(self.store.directory / path):
                size = self._download(file, self.store.directory / path)
        except FileSkipped as skipped:
            self.store.report.add_skipped(self.stream, str(skipped), key)
            return None
        return Reference(
            staging_file_url=str(self.store.directory / path),
            source_file_relative_path=str(path),
            file_size_bytes=size,
        )

    def _key_fields(self, row: Row) -> Sequence[str]:
        """The primary key, and the id of the file: a user's new photo has the key of the old one."""
        return self.primary_key if "id" not in row or "id" in self.primary_key else (*self.primary_key, "id")

    def _download(self, file: RemoteFile, path: Path) -> int:
        """The size of the complete file at the path."""
        size = _complete_size(file, path)
        if size is not None:
            self.store.report.add_present(self.stream)
            return size
        part = PartialFile(self.stream, path)
        try:
            FileDownload(self.stream, file, self.store.client, self.store.limits).run(part)
        except FileSkipped:
            part.discard()
            raise
        part.complete(file.changed_at)
        self.store.report.add_stored(self.stream, part.size)
        return part.size


def _complete_size(file: RemoteFile, path: Path) -> int | None:
    """The size of the file at the path; None if there is none with the size and the time of the record."""
    try:
        found = path.stat()
    except OSError:
        return None
    is_same = file.size in (None, found.st_size) and file.changed_at in (None, int(found.st_mtime))
    return found.st_size if is_same else None
