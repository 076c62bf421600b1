"""The schema and messages of the stream `reconciliation`, which has no endpoint."""

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
    "description": "The rows of a stream received in one sync, compared with Zendesk's count",
    "additionalProperties": True,
    "properties": {
        "stream": _property("string", "The stream that the row is about"),
        "emitted": _property("integer", "Rows that this sync emitted"),
        "received": _property("integer", "Rows that Zendesk sent, including those of earlier syncs"),
        "compared": _property("integer", "Distinct rows that the count covers"),
        "counted": _property("integer", "Rows by Zendesk's own count"),
        "counted_by": _property("string", "The request that returned the count"),
        "agrees": _property(
            "boolean", "Whether exactly the counted rows were received; null if that is uncertain, see `reason`"
        ),
        "reason": _property("string", "The difference, or why `agrees` is null; null if `agrees` is true"),
        "requests": _property("integer", "Requests for the stream and its parents to which Zendesk responded"),
        "parents_skipped": _property("integer", "Parents for which Zendesk refused the children"),
        "compared_at": _property(
            "string", "Time of the comparison", format="date-time", airbyte_type="timestamp_with_timezone"
        ),
    },
}


def describe_stream() -> AirbyteStream:
    """The stream's catalog entry; every sync replaces its rows."""
    return AirbyteStream(
        name=NAME,
        json_schema=SCHEMA,
        supported_sync_modes=[SyncMode.full_refresh],
        source_defined_primary_key=[["stream"]],
        is_resumable=False,
    )


def stream_messages(rows: list[dict[str, Any]]) -> Iterator[AirbyteMessage]:
    """The messages of the stream: its rows, a state that resumes nothing, and its status."""
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
