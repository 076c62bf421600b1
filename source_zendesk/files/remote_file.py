"""The file of a record, as the record describes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from source_zendesk import times
from source_zendesk.files.limits import FileLimits
from source_zendesk.files.names import type_of
from source_zendesk.json_values import value_at
from source_zendesk.manifest.file_fields import FileFields

MALWARE_FOUND = "malware_found"


class FileSkipped(Exception):  # noqa: N818  # an outcome, not an error
    """A record has no file that can be stored; the message is the reason."""


@dataclass(frozen=True)
class RemoteFile:
    """The address and the properties of a file; `size` in bytes and `changed_at` in epoch seconds, None if unknown.

    `name` is None for a file without a name; `stem` is then its name before the extension, None for none. Without a
    `content_type`, which is empty if the record and the name do not contain it, the response determines the type.
    """

    url: str
    name: object
    stem: object
    size: int | None
    content_type: str
    changed_at: int | None
    is_deleted: bool
    is_flagged: bool

    @classmethod
    def from_row(cls, row: Mapping[str, Any], fields: FileFields, host: Callable[[], str]) -> "RemoteFile":
        """The file of a record; raises `FileSkipped` if the record has no address of one.

        The address can be a path on the `host`, which returns a URL.
        """
        url, size = _value(row, fields.url), _value(row, fields.size)
        if not isinstance(url, str) or not url:
            raise FileSkipped("the record has no address of a file")
        if url.startswith("/") and not url.startswith("//"):
            url = f"{host()}{url}"
        is_allowed = _value(row, fields.malware_override) is True
        return cls(
            url=url,
            name=_value(row, fields.name) or None,
            stem=_value(row, fields.stem),
            size=size if type(size) is int and size >= 0 else None,
            content_type=str(_value(row, fields.content_type) or type_of(_value(row, fields.name))),
            changed_at=times.epoch(_value(row, fields.changed_at)),
            is_deleted=_value(row, fields.deleted) is True,
            is_flagged=_value(row, fields.malware) == MALWARE_FOUND and not is_allowed,
        )

    def check(self, limits: FileLimits) -> None:
        """Raise `FileSkipped` if the file is deleted, or if the limits exclude it."""
        if self.is_deleted:
            raise FileSkipped("the file is deleted or redacted")
        if self.is_flagged and not limits.include_flagged:
            raise FileSkipped("the malware scan flagged the file; `files.include_flagged` includes such files")
        if self.size is not None and self.size > limits.max_bytes:
            raise FileSkipped(limits.size_reason)
        if self.content_type:
            self.check_type(self.content_type, limits)

    def check_type(self, content_type: str, limits: FileLimits) -> None:
        """Raise `FileSkipped` if the limits exclude the media type."""
        kind = content_type.partition(";")[0].strip().lower()
        if limits.content_types and not any(fnmatchcase(kind, each) for each in limits.content_types):
            raise FileSkipped("`files.content_types` does not include its type")


def _value(row: Mapping[str, Any], path: str) -> Any:
    return value_at(row, path.split("."))
