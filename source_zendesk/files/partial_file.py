"""A file that is being stored: under a temporary name until it is complete."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from source_zendesk.errors import FileStorageError
from source_zendesk.files.names import PARTIAL

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class PartialFile:
    """Stores a file at `path`, of which `size` bytes have arrived; `validator` identifies their version.

    Raises `FileStorageError` if the disk is full, or the directory cannot be written.
    """

    def __init__(self, stream: str, path: Path) -> None:
        self._stream, self._path = stream, path
        self._part = path.with_name(path.name + PARTIAL)
        self.size, self.validator = 0, ""

    def append(self, chunks: Iterable[bytes], limit: int) -> None:
        """Write the chunks as they arrive; stops after the chunk with which `size` exceeds the limit."""
        with self._storage_errors():
            self._part.parent.mkdir(parents=True, exist_ok=True)
            # Binary mode without a buffer: a chunk is written or the error is raised here.
            file = self._part.open("ab" if self.size else "wb", buffering=0)
        with file:
            for chunk in chunks:
                with self._storage_errors():
                    _write_all(file.fileno(), chunk)
                self.size += len(chunk)
                if self.size > limit:
                    return

    def restart(self) -> None:
        """Forget the bytes so far; the next chunk replaces them."""
        self.size, self.validator = 0, ""

    def complete(self, changed_at: int | None, extension: str = "") -> Path:
        """Give the file its final name with this extension, and the time of its last change; returns its path."""
        path = self._path.with_name(self._path.name + extension)
        with self._storage_errors():
            if changed_at is not None:
                os.utime(self._part, (changed_at, changed_at))
            return self._part.replace(path)

    def discard(self) -> None:
        """Remove the partial file, if there is one."""
        with self._storage_errors():
            self._part.unlink(missing_ok=True)

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise storage_error(self._path.parent, error, self._stream) from error


def _write_all(descriptor: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(descriptor, left) :]


def storage_error(directory: Path, error: OSError, stream: str = "") -> FileStorageError:
    """The error of a directory that is full or cannot be written."""
    cause = error.strerror or type(error).__name__
    if error.errno in DISK_FULL:
        cause, remedy = f"the disk is full ({cause})", "free some space, or lower `files.max_size_mb`"
    else:
        remedy = "allow the connector to write there, or name another directory"
    owner = f"Stream {stream}: files" if stream else "Files"
    return FileStorageError(f"{owner} cannot be stored in {directory}, because {cause}; {remedy}.")
