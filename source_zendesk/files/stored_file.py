"""The files of earlier runs."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from source_zendesk.files.names import NO_NAME, PARTIAL
from source_zendesk.files.remote_file import RemoteFile


@dataclass(frozen=True)
class StoredFile:
    """A complete file in the staging directory, and its size in bytes."""

    path: Path
    size: int


def find_stored(file: RemoteFile, path: Path) -> StoredFile | None:
    """The stored file of a record, with the record's time; its size may be another than in the record.

    A file without a name has an extension behind the path, or the name that earlier versions gave such files.
    """
    for candidate in [path] if file.name else _nameless(path):
        with suppress(OSError):
            found = candidate.stat()
            if file.changed_at in (None, int(found.st_mtime)):
                return StoredFile(candidate, found.st_size)
    return None


def _nameless(path: Path) -> Iterable[Path]:
    with suppress(OSError):
        names = sorted(each.name for each in path.parent.iterdir() if each.suffix != PARTIAL)
        yield from (path.with_name(name) for name in names if name.startswith(f"{path.name}.") or name == path.name)
        yield path.with_name(NO_NAME)
