"""Stores a renewed refresh token in the configuration file."""

import errno
import io
import json
import logging
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from source_zendesk.cli.atomic_file import replace_file
from source_zendesk.errors import ConfigError
from source_zendesk.printable import printable_line

LOGGER = logging.getLogger("airbyte")
CONTROL = "CONTROL"
# A mounted file cannot be replaced; its directory may be read-only, of another user or of another file system.
NOT_REPLACEABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)


class RenewedConfig(io.StringIO):
    """A buffer in place of stdout that stores the configuration of each CONTROL message in the file.

    It stores it immediately: a refresh token is valid once, and without the new one no later run can authenticate.
    """

    def __init__(self, path: str | None) -> None:
        super().__init__()
        self._path, self._pending = path, ""

    def write(self, text: str) -> int:
        """Store the configuration of each complete line; only a line feed ends it, since JSON may contain U+2028."""
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
    """Raise `ConfigError` if a renewed refresh token cannot be stored in this file."""
    try:
        target = Path(path).resolve(strict=True)
    except OSError:
        # The path of a pipe, such as `<(...)`, cannot be resolved.
        target = None
    if target and target.is_file() and _is_writable(target):
        return
    raise ConfigError(
        f"--config {printable_line(path)}: not a writable regular file; with `oauth2_refresh`, the connector "
        "stores a renewed refresh token there. Name a writable file, or use `client_credentials`."
    )


def _is_writable(target: Path) -> bool:
    """Whether the file can be overwritten or replaced; a file on a read-only mount cannot."""
    if os.access(target, os.W_OK):
        return True
    return os.access(target.parent, os.W_OK) and not os.statvfs(target).f_flag & os.ST_RDONLY


def write_config(path: Path, text: str) -> None:
    """Replace the content of a regular file and keep its mode; raises `OSError`.

    The replacement is atomic. If the directory does not permit it, as for a file that is mounted into a container, the
    file is overwritten.
    """
    target = path.resolve(strict=True)
    if not target.is_file():
        raise OSError(0, "not a regular file")
    try:
        replace_file(target, text, target.stat().st_mode & 0o777)
    except OSError as error:
        if error.errno not in NOT_REPLACEABLE:
            raise
        _overwrite(target, text)


def _overwrite(target: Path, text: str) -> None:
    """Write the new content, then truncate the rest of the old one."""
    with target.open("r+", encoding="utf-8") as file:
        file.write(text)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
