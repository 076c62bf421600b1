"""Atomic replacement of a file."""

import os
from pathlib import Path
from tempfile import mkstemp


def replace_file(target: Path, text: str, mode: int) -> None:
    """Replace the content of a file, or create it with this mode; raises `OSError` and then leaves it unchanged.

    After a kill or a power failure, the file has either the old or the new content. The temporary file is in the same
    directory, with a name of its own, so several processes can replace the same file. A kill may leave it behind.
    """
    descriptor, temporary = _create_temporary(target)
    try:
        _write_durably(descriptor, temporary, text, mode)
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def check_replaceable(target: Path) -> None:
    """Raise `OSError` if no temporary file can be created beside the target."""
    descriptor, temporary = _create_temporary(target)
    os.close(descriptor)
    temporary.unlink()


def _create_temporary(target: Path) -> tuple[int, Path]:
    descriptor, name = mkstemp(".new", f".{target.name}.", target.parent)
    return descriptor, Path(name)


def _write_durably(descriptor: int, path: Path, text: str, mode: int) -> None:
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
