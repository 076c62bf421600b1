"""Responses that several streams of one sync use."""

import logging
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import requests

from source_zendesk.http import response as answer
from source_zendesk.http import response as json_body
from source_zendesk.http.response import ParsedResponse

MAX_BYTES = 8 * 1024 * 1024


class ParsedResponseLru:
    """Keeps the newest answers as they were parsed, so many that they had `most_bytes` as text, and always one.

    Streams that read the same pages mostly do so at the same time. Not safe for threads.
    """

    def __init__(self, most_bytes: int = MAX_BYTES) -> None:
        self._most_bytes = most_bytes
        self._answers: OrderedDict[str, tuple[int, ParsedResponse]] = OrderedDict()
        self._bytes = 0

    def put(self, key: str, length: int, answer: ParsedResponse) -> None:
        """Keep an answer of so many bytes, in the place of the oldest ones."""
        self.drop(key)
        self._answers[key] = length, answer
        self._bytes += length
        while self._bytes > self._most_bytes and len(self._answers) > 1:
            self.drop(next(iter(self._answers)))

    def get(self, key: str) -> ParsedResponse | None:
        """The answer, None where it is not kept."""
        return self._answers[key][1] if key in self._answers else None

    def drop(self, key: str) -> None:
        """Keep it no longer."""
        if key in self._answers:
            self._bytes -= self._answers.pop(key)[0]


LOGGER = logging.getLogger("airbyte")
SEGMENT_BYTES = 64 * 1024 * 1024
MAX_SEGMENTS = 64


@dataclass
class _CacheEntry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    readers: int = 0
    kept: "_StoredResponse | None" = None


@dataclass
class _Segment:
    file: IO[bytes]
    size: int = 0
    endpoints: int = 0


@dataclass(frozen=True)
class _StoredResponse:
    segment: _Segment
    offset: int
    length: int
    asked_at: int


class ResponseCache:
    """Sends a request once for all streams that ask the same, and keeps its answer until the last has had it.

    `consumers` tells how many streams of the sync read each endpoint; pages of an endpoint that one stream reads are
    not kept. Answers lie in temporary files that have no name, so nothing is left behind however the process ends; when
    they reach 4 GB, or the disk is full, no more are kept, and streams that come later ask again. The newest are not
    even parsed again, so nobody may change a row that he is given. Safe for threads.
    """

    def __init__(self, consumers: Mapping[str, int], parsed: ParsedResponseLru | None = None) -> None:
        self._consumers, self._parsed = consumers, parsed or ParsedResponseLru()
        self._endpoints: dict[str, _CacheEntry] = {}
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        self._is_full = False
        weakref.finalize(self, _close, self._segments)

    def get(
        self, endpoint: str, path: str, params: Mapping[str, Any], send: Callable[[], requests.Response]
    ) -> ParsedResponse | requests.Response:
        """The answer, with the time at which it was asked for, whoever asked."""
        readers = self._consumers.get(endpoint, 0)
        if readers < 2:
            return answer.parse_response(send())
        key = repr((path, sorted(params.items())))
        with self._lock:
            entry = self._endpoints.setdefault(key, _CacheEntry())
        with entry.lock:
            entry.readers += 1
            found = self._read(key, entry, readers) if entry.kept else None
            if found:
                return found
            response = send()
            given = answer.parse_response(response)
            if isinstance(given, ParsedResponse):
                self._store(key, entry, readers, response.content, given)
            return given

    def _store(self, key: str, entry: _CacheEntry, readers: int, content: bytes, given: ParsedResponse) -> None:
        with self._lock:
            if entry.readers < readers:
                entry.kept = self._write(content, given.requested_at)
            if entry.kept is None:
                self._endpoints.pop(key, None)
            else:
                self._parsed.put(key, len(content), given)

    def _write(self, content: bytes, asked_at: int) -> _StoredResponse | None:
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
        kept = _StoredResponse(segment, segment.size, len(content), asked_at)
        segment.size += len(content)
        segment.endpoints += 1
        return kept

    def _segment(self) -> _Segment | None:
        if self._is_full:
            return None
        if self._segments and self._segments[-1].size < SEGMENT_BYTES:
            return self._segments[-1]
        if len(self._segments) >= MAX_SEGMENTS:
            return None
        # Without a buffer, so that a full disk is met by the write and not by the next read.
        self._segments.append(_Segment(tempfile.TemporaryFile(buffering=0)))  # noqa: SIM115
        return self._segments[-1]

    def _read(self, key: str, entry: _CacheEntry, readers: int) -> ParsedResponse | None:
        """The answer that was kept; None where the file does not give it back."""
        kept = entry.kept
        if kept is None:
            return None
        with self._lock:
            parsed = self._parsed.get(key)
            content = None if parsed else _read_stored(kept)
            if entry.readers >= readers or (parsed is None and content is None):
                self._drop(key, entry, kept.segment)
        if parsed or content is None:
            return parsed
        return ParsedResponse(json_body.parse(content), kept.asked_at)

    def _drop(self, key: str, entry: _CacheEntry, segment: _Segment) -> None:
        self._endpoints.pop(key, None)
        self._parsed.drop(key)
        entry.kept = None
        segment.endpoints -= 1
        if segment.endpoints:
            return
        if segment is self._segments[-1]:
            segment.size = segment.file.seek(0)
            segment.file.truncate()
        else:
            segment.file.close()
            self._segments.remove(segment)


def _read_stored(kept: _StoredResponse) -> bytes | None:
    try:
        kept.segment.file.seek(kept.offset)
        content = kept.segment.file.read(kept.length)
    except OSError:
        return None
    return content if len(content) == kept.length else None


def _close(segments: list[_Segment]) -> None:
    for segment in segments:
        segment.file.close()
