"""The stream `reconciliation`, which is no endpoint of Zendesk's."""

from collections.abc import Iterator
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStream,
    AirbyteStreamStatus,
    StreamDescriptor,
    SyncMode,
    Type,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_zendesk import times

NAME = "reconciliation"


def _property(kind: str, description: str, **more: Any) -> dict[str, Any]:
    return {"type": ["null", kind], "description": description, **more}


SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": ["null", "object"],
    "title": "Reconciliation",
    "description": "What came of a stream in one sync, beside what Zendesk counts",
    "additionalProperties": True,
    "properties": {
        "stream": _property("string", "The stream that the row is about"),
        "emitted": _property("integer", "Rows that this sync emitted"),
        "received": _property("integer", "Rows that Zendesk sent, of which those were emitted that are due"),
        "compared": _property("integer", "Different rows that the count is about, each counted once"),
        "counted": _property("integer", "Rows that there are by Zendesk's own count"),
        "counted_by": _property("string", "What counted them"),
        "agrees": _property(
            "boolean", "Whether all that is counted came; null where that cannot be said, see `reason`"
        ),
        "reason": _property("string", "What differs, or why it cannot be said whether all came; null where all came"),
        "requests": _property("integer", "Requests that Zendesk answered for the stream and its parents"),
        "parents_skipped": _property("integer", "Parents that refused their children"),
        "at": _property("string", "When it was counted", format="date-time", airbyte_type="timestamp_with_timezone"),
    },
}


def describe_stream() -> AirbyteStream:
    """The stream as the catalog has it: made anew by every sync."""
    return AirbyteStream(
        name=NAME,
        json_schema=SCHEMA,
        supported_sync_modes=[SyncMode.full_refresh],
        source_defined_primary_key=[["stream"]],
        is_resumable=False,
    )


def stream_messages(rows: list[dict[str, Any]]) -> Iterator[AirbyteMessage]:
    """The messages of the stream: its rows, a state from which there is nothing to go on, and its status."""
    stream, states = StreamDescriptor(name=NAME), ConnectorStateManager()
    states.update_state_for_stream(NAME, None, {NO_CURSOR_STATE_KEY: True})
    yield as_airbyte_message(stream, AirbyteStreamStatus.STARTED)
    if rows:
        yield as_airbyte_message(stream, AirbyteStreamStatus.RUNNING)
    for row in rows:
        record = AirbyteRecordMessage(stream=NAME, data=row, emitted_at=times.now() * 1000)
        yield AirbyteMessage(type=Type.RECORD, record=record)
    yield states.create_state_message(NAME, None)
    yield as_airbyte_message(stream, AirbyteStreamStatus.COMPLETE)
