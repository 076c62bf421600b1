"""Stores a renewed refresh token in the configuration file."""

import io
import json
import logging
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

LOGGER = logging.getLogger("airbyte")
CONTROL = "CONTROL"


class RenewedConfig(io.StringIO):
    """A buffer in place of stdout; on exit, stores the configuration of the last CONTROL message in the file.

    A refresh token is valid for one use. Without the new one, the connector could not authenticate again.
    """

    def __init__(self, path: str | None) -> None:
        super().__init__()
        self._path = path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        config = self._last_config()
        if config is not None and self._path:
            self._store(config, Path(self._path))
        super().__exit__(kind, error, trace)

    def _last_config(self) -> Any:
        controls = [message["control"] for line in self.getvalue().splitlines() if (message := _control(line))]
        return controls[-1]["connectorConfig"]["config"] if controls else None

    def _store(self, config: Any, path: Path) -> None:
        try:
            write_atomically(path, json.dumps(config, indent=2) + "\n")
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


def write_atomically(path: Path, text: str) -> None:
    """Replace the content of a regular file and keep its mode; on `OSError` the file is unchanged."""
    target = path.resolve(strict=True)
    if not target.is_file():
        raise OSError(0, "not a regular file")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
