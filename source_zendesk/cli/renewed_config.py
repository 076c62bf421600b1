"""Stores a renewed refresh token in the configuration file."""

import errno
import io
import json
import logging
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from source_zendesk.errors import ConfigError
from source_zendesk.printable import printable_line

LOGGER = logging.getLogger("airbyte")
CONTROL = "CONTROL"
# A mounted file cannot be renamed over; its directory may be another file system, read-only or another user's.
NOT_REPLACEABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)


class RenewedConfig(io.StringIO):
    """A buffer in place of stdout that stores the configuration of each CONTROL message in the file at once.

    A refresh token is valid for one use. Without the new one, the connector could not authenticate again.
    """

    def __init__(self, path: str | None) -> None:
        super().__init__()
        self._path, self._pending = path, ""

    def write(self, text: str) -> int:
        """Store the configuration of each line that ends here, by a line feed alone: JSON may contain U+2028."""
        *lines, self._pending = (self._pending + text).split("\n")
        for line in lines:
            self._store_if_renewed(line)
        return len(text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store_if_renewed(self._pending)
        super().__exit__(kind, error, trace)

    def _store_if_renewed(self, line: str) -> None:
        if self._path and (message := _control(line)):
            self._store(message["control"]["connectorConfig"]["config"], Path(self._path))

    def _store(self, config: Any, path: Path) -> None:
        try:
            write_config(path, json.dumps(config, indent=2) + "\n")
        except OSError as error:
            LOGGER.error(
                "--config %s: Zendesk replaced the refresh token, but the file cannot be written (%s). Give consent "
                "again to get a new token, and use a writable file.",
                path,
                error.strerror,
            )
        else:
            LOGGER.warning("--config %s: Zendesk replaced the refresh token; the file now contains the new one", path)


def _control(line: str) -> Any:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and message.get("type") == CONTROL else None


def check_storable(path: str) -> None:
    """Raise `ConfigError` unless a renewed refresh token can be stored in this file."""
    try:
        target = Path(path).resolve(strict=True)
    except OSError:
        # The path of a pipe, such as that of `<(...)`, leads nowhere.
        target = None
    if target and target.is_file() and _is_writable(target):
        return
    raise ConfigError(
        f"--config {printable_line(path)}: it is no regular file that can be written; `oauth2_refresh` renews its "
        "refresh token, which is stored there. Name such a file, or use `client_credentials`."
    )


def _is_writable(target: Path) -> bool:
    """Whether it can be overwritten, or else replaced, which a file on a read-only mount cannot be."""
    if os.access(target, os.W_OK):
        return True
    return os.access(target.parent, os.W_OK) and not os.statvfs(target).f_flag & os.ST_RDONLY


def write_config(path: Path, text: str) -> None:
    """Replace the content of a regular file, which keeps its mode; raises `OSError`.

    The file stays as it was until it is replaced. If its directory does not permit that, as with a file that is mounted
    into a container, it is overwritten.
    """
    target = path.resolve(strict=True)
    if not target.is_file():
        raise OSError(0, "it is not a regular file")
    try:
        _replace(target, text)
    except OSError as error:
        if error.errno not in NOT_REPLACEABLE:
            raise
        _overwrite(target, text)


def _replace(target: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _write_and_sync(file, text)
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _overwrite(target: Path, text: str) -> None:
    """Write the content first, and then cut off what is left of the former one."""
    with target.open("r+", encoding="utf-8") as file:
        _write_and_sync(file, text)


def _write_and_sync(file: TextIO, text: str) -> None:
    file.write(text)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())
