"""How the file of an action reaches a storage host of Zendesk."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import key, parse_keys


@dataclass(frozen=True)
class FileUpload:
    """Where the signed address of the storage host comes from; without `address`, no file goes to a storage host."""

    address: str = key("", "where a response contains the signed address of the storage host, a dotted path")
    path: str = key(
        "",
        "the path of a `POST` that requests this address, sent before the request of the entry; by default the "
        "response to the entry's request contains the address",
    )
    id: str = key("", "with `path`: the field of the upload's id, beside the address and in the body of the entry")
    max_bytes: int = key(0, "the size of the largest file; by default 50 MB")
    content_types: list[str] = key([], "the media types of the file, such as `image/*`; empty for all")

    def __bool__(self) -> bool:
        """Whether the file goes to a storage host."""
        return bool(self.address)

    @classmethod
    def from_entry(cls, content: object) -> "FileUpload":
        """Build it from its form in the manifest; raises `ManifestError` for other keys, or keys without each other."""
        if not isinstance(content, Mapping) or not content.get("address"):
            raise ManifestError(f"an upload must be a mapping with `address`, got {content!r}")
        upload = parse_keys(cls, content, "an upload")
        if bool(upload.path) != bool(upload.id):
            raise ManifestError("an upload needs both `path` and `id`, or neither")
        return upload
