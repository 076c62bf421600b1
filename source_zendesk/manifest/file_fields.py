"""The fields of a record that describe its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import key, parse_keys

PATH_FIELD = "file_path"
PATH_PROPERTY = {
    PATH_FIELD: {"type": ["null", "string"], "description": "The path of the file below `files.directory`."}
}
"""The field that `files.directory` of the configuration adds to the records of streams with files."""


@dataclass(frozen=True)
class FileFields:
    """The dotted names of the fields that describe the file of a record; without `url`, the stream has no files."""

    url: str = key("", "the field with the address of the file")
    name: str = key("", "the field with its name")
    stem: str = key(
        "", "the field that names a file without a name, before the extension; by default the last folder of its path"
    )
    id: str = key("id", "the field that identifies the file among those of the record: a folder of its path")
    size: str = key("", "the field with its size in bytes")
    content_type: str = key("", "the field with its media type")
    changed_at: str = key("", "the field with the time of its last change")
    deleted: str = key("", "the field that is true after the file was deleted or redacted")
    malware: str = key("", "the field with the result of the malware scan")
    malware_override: str = key("", "the field that is true if an agent allowed the download of malware")
    is_replaceable: bool = key(
        default=False, meaning="whether another file can take its place without a change in the record"
    )

    def __bool__(self) -> bool:
        """Whether the records have files."""
        return bool(self.url)

    @classmethod
    def from_entry(cls, content: object) -> "FileFields":
        """Build the fields from their form in the manifest; raises `ManifestError` for other keys or no `url`."""
        if not isinstance(content, Mapping) or not content.get("url"):
            raise ManifestError(f"a file must be a mapping with `url`, got {content!r}")
        return parse_keys(cls, content, "a file")
