"""Pages that several streams of one sync read."""

import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import orjson
import requests

SEGMENT_BYTES = 64 * 1024 * 1024
MOST_SEGMENTS = 64


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    readers: int = 0
    segment: "_Segment | None" = None
    offset: int = 0
    length: int = 0


@dataclass
class _Segment:
    file: IO[bytes]
    size: int = 0
    entries: int = 0


class SharedPages:
    """Sends a request once for all streams that ask the same, and keeps its answer until the last has had it.

    `consumers` tells how many streams of the sync read each endpoint; pages of an endpoint that one stream reads are
    not kept. Answers lie in temporary files that have no name, so nothing is left behind however the process ends; when
    they reach 4 GB no more are kept, and streams that come later ask again. Safe for threads.
    """

    def __init__(self, consumers: Mapping[str, int]) -> None:
        self._consumers = consumers
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        weakref.finalize(self, _close, self._segments)

    def get(self, endpoint: str, path: str, params: Mapping[str, Any], send: Callable[[], requests.Response]) -> Any:
        """The parsed body of the answer, or the answer itself where its status is 400 and above."""
        readers = self._consumers.get(endpoint, 0)
        if readers < 2:
            return _parsed(send())
        key = repr((path, sorted(params.items())))
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
        with entry.lock:
            entry.readers += 1
            if entry.segment is not None:
                return self._read(key, entry, entry.segment, readers)
            response = send()
            if response.status_code < 400:
                self._keep(key, entry, readers, response.content)
            return _parsed(response)

    def _keep(self, key: str, entry: _Entry, readers: int, content: bytes) -> None:
        with self._lock:
            segment = self._segment() if entry.readers < readers else None
            if segment is None:
                self._entries.pop(key, None)
                return
            entry.segment, entry.offset, entry.length = segment, segment.size, len(content)
            segment.file.seek(segment.size)
            segment.file.write(content)
            segment.size += len(content)
            segment.entries += 1

    def _segment(self) -> _Segment | None:
        if self._segments and self._segments[-1].size < SEGMENT_BYTES:
            return self._segments[-1]
        if len(self._segments) >= MOST_SEGMENTS:
            return None
        self._segments.append(_Segment(tempfile.TemporaryFile()))  # noqa: SIM115
        return self._segments[-1]

    def _read(self, key: str, entry: _Entry, segment: _Segment, readers: int) -> Any:
        with self._lock:
            segment.file.seek(entry.offset)
            content = segment.file.read(entry.length)
            if entry.readers >= readers:
                self._drop(key, entry, segment)
        return orjson.loads(content)

    def _drop(self, key: str, entry: _Entry, segment: _Segment) -> None:
        self._entries.pop(key, None)
        entry.segment = None
        segment.entries -= 1
        if segment.entries:
            return
        if segment is self._segments[-1]:
            segment.size = segment.file.seek(0)
            segment.file.truncate()
        else:
            segment.file.close()
            self._segments.remove(segment)


def _close(segments: list[_Segment]) -> None:
    for segment in segments:
        segment.file.close()


def _parsed(response: requests.Response) -> Any:
    return response if response.status_code >= 400 else getattr(response, "zendesk_body", None)
