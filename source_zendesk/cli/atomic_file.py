"""Atomic replacement of a file."""

import os
from pathlib import Path


def replace_file(target: Path, text: str, mode: int) -> None:
    """Replace the content of a file, or create it with this mode; raises `OSError` and then leaves it unchanged.

    After a kill or a power failure, the file has either the old or the new content. The temporary file is in the same
    directory; a later call overwrites one that a kill left behind.
    """
    temporary = target.with_name(f".{target.name}.new")
    try:
        _write_durably(temporary, text, mode)
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _write_durably(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        path.chmod(mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(folder: Path) -> None:
    """Make the new name durable; some file systems do not support this."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)
