"""A cache of responses that several streams of one sync read."""

import logging
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import requests

from source_zendesk.http.response import ParsedResponse, parse, parse_response

LOGGER = logging.getLogger("airbyte")
MAX_BYTES = 8 * 1024 * 1024
SEGMENT_BYTES = 64 * 1024 * 1024
MAX_SEGMENTS = 64


class ParsedResponseLru:
    """Keeps the newest parsed responses, up to `max_bytes` of their text, and always at least one.

    Streams that share pages mostly read them at the same time. Not thread-safe.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._responses: OrderedDict[str, tuple[int, ParsedResponse]] = OrderedDict()
        self._bytes = 0

    def put(self, key: str, length: int, response: ParsedResponse) -> None:
        """Add a response of `length` bytes; drops the oldest ones if they no longer fit."""
        self.drop(key)
        self._responses[key] = length, response
        self._bytes += length
        while self._bytes > self._max_bytes and len(self._responses) > 1:
            self.drop(next(iter(self._responses)))

    def get(self, key: str) -> ParsedResponse | None:
        """The response, None if it is not cached."""
        return self._responses[key][1] if key in self._responses else None

    def drop(self, key: str) -> None:
        """Remove a response."""
        if key in self._responses:
            self._bytes -= self._responses.pop(key)[0]


@dataclass
class _CacheEntry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    readers: int = 0
    stored: "_StoredResponse | None" = None


@dataclass
class _Segment:
    file: IO[bytes]
    size: int = 0
    entries: int = 0


@dataclass(frozen=True)
class _StoredResponse:
    segment: _Segment
    offset: int
    length: int
    requested_at: int


class ResponseCache:
    """Sends each shared request once, and caches its response until the last of its streams has read it.

    `consumers` is the number of streams that read each endpoint; those for a single stream are not cached. Responses
    are stored in unnamed temporary files, so the process leaves none behind. At 4 GB, or if the disk is full, no more
    are stored, and later streams send the request again. The newest responses are also cached parsed, so callers must
    not modify their rows. Thread-safe.
    """

    def __init__(self, consumers: Mapping[str, int], parsed: ParsedResponseLru | None = None) -> None:
        self._consumers, self._parsed = consumers, parsed or ParsedResponseLru()
        self._entries: dict[str, _CacheEntry] = {}
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        self._is_full = False
        weakref.finalize(self, _close, self._segments)

    def get(
        self, endpoint: str, path: str, params: Mapping[str, Any], send: Callable[[], requests.Response]
    ) -> ParsedResponse | requests.Response:
        """The response to a request, from the cache or sent by `send`; a cached one keeps its time of request."""
        readers = self._consumers.get(endpoint, 0)
        if readers < 2:
            return parse_response(send())
        key = repr((path, sorted(params.items())))
        with self._lock:
            entry = self._entries.setdefault(key, _CacheEntry())
        with entry.lock:
            entry.readers += 1
            cached = self._read(key, entry, readers) if entry.stored else None
            if cached:
                return cached
            response = send()
            parsed = parse_response(response)
            if isinstance(parsed, ParsedResponse):
                self._store(key, entry, readers, response.content, parsed)
            return parsed

    def _store(self, key: str, entry: _CacheEntry, readers: int, content: bytes, parsed: ParsedResponse) -> None:
        with self._lock:
            if entry.readers < readers:
                entry.stored = self._write(content, parsed.requested_at)
            if entry.stored is None:
                self._entries.pop(key, None)
            else:
                self._parsed.put(key, len(content), parsed)

    def _write(self, content: bytes, requested_at: int) -> _StoredResponse | None:
        """Store the content; None if there is no space for it."""
        try:
            segment = self._segment()
            if segment is None:
                return None
            segment.file.seek(segment.size)
            if segment.file.write(content) != len(content):
                raise OSError("incomplete write")
        except OSError as error:
            self._is_full = True
            LOGGER.warning("Cannot cache responses for other streams, which request them again (%s)", error)
            return None
        stored = _StoredResponse(segment, segment.size, len(content), requested_at)
        segment.size += len(content)
        segment.entries += 1
        return stored

    def _segment(self) -> _Segment | None:
        if self._is_full:
            return None
        if self._segments and self._segments[-1].size < SEGMENT_BYTES:
            return self._segments[-1]
        if len(self._segments) >= MAX_SEGMENTS:
            return None
        # Unbuffered, so that the write fails on a full disk and not the next read.
        self._segments.append(_Segment(tempfile.TemporaryFile(buffering=0)))  # noqa: SIM115
        return self._segments[-1]

    def _read(self, key: str, entry: _CacheEntry, readers: int) -> ParsedResponse | None:
        """The stored response; None if the file cannot be read."""
        stored = entry.stored
        if stored is None:
            return None
        with self._lock:
            parsed = self._parsed.get(key)
            content = None if parsed else _read_stored(stored)
            if entry.readers >= readers or (parsed is None and content is None):
                self._drop(key, entry, stored.segment)
        if parsed or content is None:
            return parsed
        return ParsedResponse(parse(content), stored.requested_at)

    def _drop(self, key: str, entry: _CacheEntry, segment: _Segment) -> None:
        self._entries.pop(key, None)
        self._parsed.drop(key)
        entry.stored = None
        segment.entries -= 1
        if segment.entries:
            return
        if segment is self._segments[-1]:
            segment.size = segment.file.seek(0)
            segment.file.truncate()
        else:
            segment.file.close()
            self._segments.remove(segment)


def _read_stored(stored: _StoredResponse) -> bytes | None:
    try:
        stored.segment.file.seek(stored.offset)
        content = stored.segment.file.read(stored.length)
    except OSError:
        return None
    return content if len(content) == stored.length else None


def _close(segments: list[_Segment]) -> None:
    for segment in segments:
        segment.file.close()
