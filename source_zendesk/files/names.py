"""Paths of files below the staging directory, whatever the names that Zendesk sends."""

import mimetypes
import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

# File systems limit a name to 255 bytes; the name of a partial file is longer.
MAX_BYTES = 200
NO_NAME = "unnamed"
PARTIAL = ".part"
# Separators, characters that Windows reserves, control characters, bidirectional controls and unpaired surrogates.
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f<>:"/\\\\|?*\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
# Types of recordings that Python does not know in all versions.
_AUDIO = {"audio/wav": ".wav", "audio/wave": ".wav", "audio/mp3": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg"}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def relative_path(stream: str, key: Iterable[object], name: object) -> PurePosixPath:
    """The path of a file: the stream, a folder for each value of the record's key, and the name of the file.

    The key makes it unique. Airbyte's connector has the same paths.
    """
    folders = [safe_name(value) for value in key]
    return PurePosixPath(safe_name(stream), *folders, safe_name(name))


def safe_name(value: object) -> str:
    """A name without separators that every file system accepts; an ordinary name stays as it is."""
    text = _UNSAFE.sub("_", "" if value is None else str(value)).strip().rstrip(" .")
    text = _shorten(f"_{text}" if _RESERVED.fullmatch(text) else text)
    return text or NO_NAME


def extension_of(content_type: str) -> str:
    """The extension of a media type, such as `.mp3`; empty for an unknown type."""
    media_type = content_type.partition(";")[0].strip().lower()
    return _AUDIO.get(media_type) or _types().guess_extension(media_type) or ""


def type_of(name: object) -> str:
    """The media type of a name's extension; empty for an unknown one."""
    return _types().guess_type(str(name))[0] or ""


@cache
def _types() -> mimetypes.MimeTypes:
    """The media types that Python knows; built when the first file needs them, because that reads files."""
    return mimetypes.MimeTypes()


def _shorten(text: str) -> str:
    """The start of a name that is too long, and its extension if that is short."""
    if len(text.encode()) <= MAX_BYTES:
        return text
    stem, dot, extension = text.rpartition(".")
    end = f".{extension}".encode() if dot and len(extension.encode()) <= MAX_BYTES // 10 else b""
    start = (stem if end else text).encode()[: MAX_BYTES - len(end)]
    return (start.decode(errors="ignore") + end.decode()).rstrip(" .")
