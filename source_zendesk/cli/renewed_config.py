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
    """Takes what is printed in place of stdout; as a context, stores the last configuration of a CONTROL message.

    A refresh token is good for one use. A command that used it and lost the next one would lock the connection out.
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
                "--config %s: its refresh token was used and replaced, and the new one could not be stored (%s). Give "
                "consent again to get a new token, and use a file that can be written.",
                path,
                error.strerror,
            )
        else:
            LOGGER.warning("--config %s: the refresh token in it was used; the file now has its successor", path)


def _control(line: str) -> Any:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and message.get("type") == CONTROL else None


def write_atomically(path: Path, text: str) -> None:
    """Replace the content of a regular file, which keeps its mode; raises `OSError` and leaves it as it was."""
    target = path.resolve(strict=True)
    if not target.is_file():
        raise OSError(0, "it is not a regular file")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
