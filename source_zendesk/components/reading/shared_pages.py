"""Pages that several streams of one sync read."""

import logging
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import requests

from source_zendesk.components.reading.parsed_pages import ParsedPages
from source_zendesk.components.requests import answer, json_body
from source_zendesk.components.requests.answer import Answer

LOGGER = logging.getLogger("airbyte")
SEGMENT_BYTES = 64 * 1024 * 1024
MOST_SEGMENTS = 64


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    readers: int = 0
    kept: "_Kept | None" = None


@dataclass
class _Segment:
    file: IO[bytes]
    size: int = 0
    entries: int = 0


@dataclass(frozen=True)
class _Kept:
    segment: _Segment
    offset: int
    length: int
    asked_at: int


class SharedPages:
    """Sends a request once for all streams that ask the same, and keeps its answer until the last has had it.

    `consumers` tells how many streams of the sync read each endpoint; pages of an endpoint that one stream reads are
    not kept. Answers lie in temporary files that have no name, so nothing is left behind however the process ends; when
    they reach 4 GB, or the disk is full, no more are kept, and streams that come later ask again. The newest are not
    even parsed again, so nobody may change a row that he is given. Safe for threads.
    """

    def __init__(self, consumers: Mapping[str, int], parsed: ParsedPages | None = None) -> None:
        self._consumers, self._parsed = consumers, parsed or ParsedPages()
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        self._is_full = False
        weakref.finalize(self, _close, self._segments)

    def get(
        self, endpoint: str, path: str, params: Mapping[str, Any], send: Callable[[], requests.Response]
    ) -> Answer | requests.Response:
        """The answer, with the time at which it was asked for, whoever asked."""
        readers = self._consumers.get(endpoint, 0)
        if readers < 2:
            return answer.read(send())
        key = repr((path, sorted(params.items())))
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
        with entry.lock:
            entry.readers += 1
            found = self._read(key, entry, readers) if entry.kept else None
            if found:
                return found
            response = send()
            given = answer.read(response)
            if isinstance(given, Answer):
                self._keep(key, entry, readers, response.content, given)
            return given

    def _keep(self, key: str, entry: _Entry, readers: int, content: bytes, given: Answer) -> None:
        with self._lock:
            if entry.readers < readers:
                entry.kept = self._written(content, given.asked_at)
            if entry.kept is None:
                self._entries.pop(key, None)
            else:
                self._parsed.keep(key, len(content), given)

    def _written(self, content: bytes, asked_at: int) -> _Kept | None:
        """Where the whole content lies, None where there is no room for it."""
        try:
            segment = self._segment()
            if segment is None:
                return None
            segment.file.seek(segment.size)
            if segment.file.write(content) != len(content):
                raise OSError("the file took a part of it")
        except OSError as error:
            self._is_full = True
            LOGGER.warning("Pages cannot be kept for other streams, which ask for them again (%s)", error)
            return None
        kept = _Kept(segment, segment.size, len(content), asked_at)
        segment.size += len(content)
        segment.entries += 1
        return kept

    def _segment(self) -> _Segment | None:
        if self._is_full:
            return None
        if self._segments and self._segments[-1].size < SEGMENT_BYTES:
            return self._segments[-1]
        if len(self._segments) >= MOST_SEGMENTS:
            return None
        # Without a buffer, so that a full disk is met by the write and not by the next read.
        self._segments.append(_Segment(tempfile.TemporaryFile(buffering=0)))  # noqa: SIM115
        return self._segments[-1]

    def _read(self, key: str, entry: _Entry, readers: int) -> Answer | None:
        """The answer that was kept; None where the file does not give it back."""
        kept = entry.kept
        if kept is None:
            return None
        with self._lock:
            parsed = self._parsed.get(key)
            content = None if parsed else _content(kept)
            if entry.readers >= readers or (parsed is None and content is None):
                self._drop(key, entry, kept.segment)
        if parsed or content is None:
            return parsed
        return Answer(json_body.parsed(content), kept.asked_at)

    def _drop(self, key: str, entry: _Entry, segment: _Segment) -> None:
        self._entries.pop(key, None)
        self._parsed.forget(key)
        entry.kept = None
        segment.entries -= 1
        if segment.entries:
            return
        if segment is self._segments[-1]:
            segment.size = segment.file.seek(0)
            segment.file.truncate()
        else:
            segment.file.close()
            self._segments.remove(segment)


def _content(kept: _Kept) -> bytes | None:
    try:
        kept.segment.file.seek(kept.offset)
        content = kept.segment.file.read(kept.length)
    except OSError:
        return None
    return content if len(content) == kept.length else None


def _close(segments: list[_Segment]) -> None:
    for segment in segments:
        segment.file.close()
