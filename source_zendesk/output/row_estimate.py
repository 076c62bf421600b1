"""Estimates of the number of rows of a stream."""

import time

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteTraceMessage,
    EstimateType,
    TraceType,
    Type,
)


def row_estimate(stream: str, rows: int) -> AirbyteMessage:
    """The message by which the platform shows the progress of a stream.

    https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol#airbyteestimatetracemessage
    """
    estimate = AirbyteEstimateTraceMessage(name=stream, type=EstimateType.STREAM, row_estimate=rows)
    trace = AirbyteTraceMessage(type=TraceType.ESTIMATE, emitted_at=time.time() * 1000, estimate=estimate)
    return AirbyteMessage(type=Type.TRACE, trace=trace)
