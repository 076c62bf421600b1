"""Which files the configuration includes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Airbyte transfers no larger files.
DEFAULT_MAX_MEGABYTES = 1500


@dataclass(frozen=True)
class FileLimits:
    """The field `files` of the configuration: no larger files, only files of these types, flagged files or not.

    `content_types` are patterns in lower case such as `image/*`; empty for all types.
    """

    max_megabytes: int = DEFAULT_MAX_MEGABYTES
    content_types: tuple[str, ...] = ()
    include_flagged: bool = False

    @classmethod
    def from_config(cls, files: Mapping[str, Any]) -> "FileLimits":
        """The limits of a validated configuration; fields that are not set have their default."""
        return cls(
            files.get("max_size_mb") or DEFAULT_MAX_MEGABYTES,
            tuple(each.strip().lower() for each in files.get("content_types") or ()),
            bool(files.get("include_flagged")),
        )

    @property
    def max_bytes(self) -> int:
        """The size of the largest file that is stored."""
        return self.max_megabytes * 1_000_000

    @property
    def size_reason(self) -> str:
        """The reason for which a larger file is skipped."""
        return f"the file is larger than {self.max_megabytes} MB, see `files.max_size_mb`"
