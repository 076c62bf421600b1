"""A file that an action uploads."""

import hashlib
import os
import stat
from functools import cached_property
from pathlib import Path

# Zendesk's limit: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#upload-files
MEBIBYTE = 1024 * 1024
MAX_BYTES = 50 * MEBIBYTE
# The system generates the files in these directories, and some contain secrets of this process.
SYSTEM_DIRECTORIES = ("/proc", "/sys", "/dev")
KINDS = {
    stat.S_IFLNK: "is a link; give its target file",
    stat.S_IFDIR: "is a directory; give a file",
    stat.S_IFIFO: "is a pipe; write its content to a file",
    stat.S_IFSOCK: "is a socket; give a file",
    stat.S_IFCHR: "is a device; give a file",
    stat.S_IFBLK: "is a device; give a file",
}


class InvalidFileError(Exception):
    """A file cannot be uploaded; the message names the file, the cause and the remedy."""


class UploadFile:
    """A regular file of up to `max_bytes`, which is read once, when its content is first needed.

    The fingerprint and the request of an action use the same bytes, even if the file changes. Links, pipes, devices and
    system files are not opened, and no read blocks.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self.path, self.max_bytes = path, max_bytes

    @cached_property
    def content(self) -> bytes:
        """All bytes; raises `InvalidFileError`."""
        with os.fdopen(self._open(), "rb") as file:
            try:
                content = file.read(self.max_bytes + 1)
            except OSError as error:
                raise InvalidFileError(f"{printable_path(self.path)} {_cause(error)}") from error
        self._check_size(len(content))
        return content

    @cached_property
    def digest(self) -> str:
        """The first 32 hexadecimal digits of the content's SHA-256."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    def check(self) -> None:
        """Raise `InvalidFileError` if the file cannot be uploaded now; its content is not read."""
        os.close(self._open())

    def unread(self) -> "UploadFile":
        """The same file without its content in memory."""
        return UploadFile(self.path, self.max_bytes)

    def release(self) -> None:
        """Drop the content from memory, after its digest is computed."""
        if "content" in self.__dict__:
            _ = self.digest
            del self.__dict__["content"]

    def _open(self) -> int:
        """A descriptor of the file; other kinds are not opened, because opening a device may have side effects."""
        try:
            self._check_status(os.lstat(self.path))
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise InvalidFileError(f"{printable_path(self.path)} {_cause(error)}") from error
        try:
            self._check_status(os.fstat(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _check_status(self, status: os.stat_result) -> None:
        _check_kind(self.path, status)
        self._check_size(status.st_size)

    def _check_size(self, size: int) -> None:
        if size > self.max_bytes:
            limit = f"{self.max_bytes // (1_000_000 if self.max_bytes % MEBIBYTE else MEBIBYTE)} MB"
            raise InvalidFileError(
                f"{printable_path(self.path)} has more than {limit}, which Zendesk does not accept; split it"
            )


def _check_kind(path: Path, status: os.stat_result) -> None:
    kind = KINDS.get(stat.S_IFMT(status.st_mode))
    if kind:
        raise InvalidFileError(f"{printable_path(path)} {kind}")
    if _is_system_file(path, status):
        raise InvalidFileError(f"{printable_path(path)} is a system file; give a file of your own")


def _is_system_file(path: Path, status: os.stat_result) -> bool:
    """Whether its path or its device is a system one; a directory of the path may be a link that changes."""
    directories = [Path(directory) for directory in SYSTEM_DIRECTORIES]
    if any(path.parent.resolve().is_relative_to(directory) for directory in directories):
        return True
    devices = {directory.stat().st_dev for directory in directories if directory.exists()} - {Path("/").stat().st_dev}
    return status.st_dev in devices


def _cause(error: OSError | ValueError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "does not exist; give the path of a file on the connector's machine or in its container"
    if isinstance(error, PermissionError):
        return "cannot be read (no permission); give read permission to the user that runs the connector"
    reason = error.strerror if isinstance(error, OSError) else error
    return f"cannot be read ({reason!s:.80}); give the path of a regular file"


def printable_path(path: Path) -> str:
    """The path for messages: escaped if it is not printable, and truncated."""
    return ascii(str(path))[1:-1][:200] if not str(path).isprintable() else str(path)[:200]
