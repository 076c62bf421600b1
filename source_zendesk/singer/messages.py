"""Converts the connector's messages to Singer messages, in their order.

https://github.com/singer-io/getting-started/blob/master/docs/SPEC.md
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, BinaryIO

import orjson

from source_zendesk.printable import printable_text
from source_zendesk.singer.catalog import Json, SelectedStream

AIRBYTE_STATE = "airbyte_state"
"""The key of the states in a Singer state; tap-airbyte-wrapper uses the same."""
SECONDS_BETWEEN_STATES = 1.0


class SingerWriter:
    """Writes Singer messages to `stdout`, and logs and errors to `stderr`.

    One thread writes all lines. A STATE covers only records that were written before it. It contains the states of all
    streams, also of those that are not selected, because the platform replaces the stored state by it. It follows at
    most once a second, and in `close`.
    """

    def __init__(self, streams: Iterable[SelectedStream], states: Iterable[Json], out: BinaryIO, log: BinaryIO) -> None:
        self._out, self._log = out, log
        self._deselected = {stream.name: stream.deselected for stream in streams if stream.deselected}
        # A stream without key gets a version for each run, so that the target replaces the records of earlier runs.
        version = int(time.time() * 1000)
        self._versions = {stream.name: version for stream in streams if not stream.key}
        self._states = {_stream_of(state): orjson.dumps(state) for state in states}
        self._has_unwritten_state, self._next_state_at = False, 0.0

    def write_schemas(self, streams: Iterable[SelectedStream]) -> None:
        """Write a SCHEMA for each stream."""
        for stream in streams:
            schema = {"stream": stream.name, "schema": stream.selected_schema, "key_properties": stream.key}
            self._write({"type": "SCHEMA", **schema, "bookmark_properties": stream.cursor})

    def write(self, message: Json) -> None:
        """Write a message of the connector."""
        match message:
            case {"type": "RECORD", "record": record}:
                self._write_record(record)
            case {"type": "STATE", "state": {"type": "STREAM"} as state}:
                self._states[_stream_of(state)] = orjson.dumps({"type": "STREAM", "stream": state["stream"]})
                self._has_unwritten_state = True
                if time.monotonic() >= self._next_state_at:
                    self._write_state()
            case {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": status}}:
                self._write_end(status)
            case {"type": "TRACE", "trace": {"type": "ERROR", "error": error}}:
                self._write_log("ERROR", error["message"])
            case {"type": "LOG", "log": log}:
                self._write_log(log["level"], log["message"])

    def close(self) -> None:
        """Write the newest state if it was not written yet."""
        if self._has_unwritten_state:
            self._write_state()
        self._out.flush()

    def _write_record(self, record: Json) -> None:
        name, data = record["stream"], record["data"]
        for field in self._deselected.get(name, ()):
            data.pop(field, None)
        version = {"version": self._versions[name]} if name in self._versions else {}
        times = {"time_extracted": _rfc3339(record["emitted_at"])}
        self._write({"type": "RECORD", "stream": name, "record": data, **version, **times})

    def _write_end(self, status: Json) -> None:
        name = status["stream_descriptor"]["name"]
        if status["status"] == "COMPLETE" and name in self._versions:
            self._write({"type": "ACTIVATE_VERSION", "stream": name, "version": self._versions[name]})

    def _write_state(self) -> None:
        states = b",".join(self._states.values())
        self._out.write(b'{"type":"STATE","value":{"%s":[%s]}}\n' % (AIRBYTE_STATE.encode(), states))
        self._out.flush()
        self._has_unwritten_state, self._next_state_at = False, time.monotonic() + SECONDS_BETWEEN_STATES

    def _write_log(self, level: str, text: str) -> None:
        self._log.write(f"{level} {printable_text(text)}\n".encode())
        self._log.flush()

    def _write(self, message: Json) -> None:
        self._out.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))


def saved_states(singer_state: Json) -> list[Mapping[str, Any]]:
    """The states of streams in a Singer state of this tap or of tap-airbyte-wrapper."""
    return [state for state in singer_state.get(AIRBYTE_STATE) or [] if state.get("type") == "STREAM"]


def parse_messages(lines: Iterable[bytes]) -> Iterator[Json]:
    """The messages in lines of JSON."""
    return map(orjson.loads, lines)


def _stream_of(state: Json) -> str:
    name: str = state["stream"]["stream_descriptor"]["name"]
    return name


@lru_cache(maxsize=1)
def _rfc3339(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat()
