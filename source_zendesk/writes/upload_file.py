"""A file that an action uploads."""

import hashlib
import os
import stat
from functools import cached_property
from pathlib import Path

# Zendesk's limit: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#upload-files
MAX_MEGABYTES = 50
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
# Files below these are made by the system when they are read, and may contain the secrets of this process.
SYSTEM_DIRECTORIES = ("/proc", "/sys", "/dev")
KINDS = {
    stat.S_IFLNK: "is a link; give the file that it leads to",
    stat.S_IFDIR: "is a directory; give a file",
    stat.S_IFIFO: "is a pipe; write its content to a file",
    stat.S_IFSOCK: "is a socket; give a file",
    stat.S_IFCHR: "is a device; give a file",
    stat.S_IFBLK: "is a device; give a file",
}


class InvalidFileError(Exception):
    """A file that is not uploaded; the message names it, the cause and the remedy."""


class UploadFile:
    """A regular file of at most 50 MB, which is opened and read once, when its content is first needed.

    The fingerprint and the request of an action get the same bytes, even if the file changes. Neither links nor files
    of the system are followed or read; nothing is waited for, so that a pipe does not block.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def content(self) -> bytes:
        """All bytes; raises `InvalidFileError`."""
        with os.fdopen(self._open(), "rb") as file:
            try:
                content = file.read(MAX_BYTES + 1)
            except OSError as error:
                raise InvalidFileError(f"{_printable_path(self.path)} {_cause(error)}") from error
        _check_size(self.path, len(content))
        return content

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, in 32 digits."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    def check(self) -> None:
        """Raise `InvalidFileError` if it cannot be uploaded as it is now; nothing is read."""
        os.close(self._open())

    def unread(self) -> "UploadFile":
        """The same file, of which nothing is in memory."""
        return UploadFile(self.path)

    def _open(self) -> int:
        """A descriptor of the file; what is no regular file is not even opened, which may have effects on devices."""
        try:
            _check_kind(self.path, os.lstat(self.path))
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise InvalidFileError(f"{_printable_path(self.path)} {_cause(error)}") from error
        try:
            _check_kind(self.path, os.fstat(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def _check_kind(path: Path, found: os.stat_result) -> None:
    kind = KINDS.get(stat.S_IFMT(found.st_mode))
    if kind:
        raise InvalidFileError(f"{_printable_path(path)} {kind}")
    if _is_system_file(path, found):
        raise InvalidFileError(f"{_printable_path(path)} is a file of the system; give a file of your own")
    _check_size(path, found.st_size)


def _is_system_file(path: Path, found: os.stat_result) -> bool:
    """By its path, and by its device, since any directory of the path may be a link that changes."""
    places = [Path(place) for place in SYSTEM_DIRECTORIES]
    if any(path.parent.resolve().is_relative_to(place) for place in places):
        return True
    devices = {place.stat().st_dev for place in places if place.exists()} - {Path("/").stat().st_dev}
    return found.st_dev in devices


def _check_size(path: Path, size: int) -> None:
    if size > MAX_BYTES:
        raise InvalidFileError(
            f"{_printable_path(path)} has more than {MAX_MEGABYTES} MB, which Zendesk does not take; split it"
        )


def _cause(error: OSError | ValueError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "does not exist; give the path of a file on the machine, or in the container, of the connector"
    if isinstance(error, PermissionError):
        return "cannot be read for want of permission; let the user that runs the connector read it"
    reason = error.strerror if isinstance(error, OSError) else error
    return f"cannot be read ({reason!s:.80}); give the path of a regular file"


def _printable_path(path: Path) -> str:
    return ascii(str(path))[1:-1][:200] if not str(path).isprintable() else str(path)[:200]
