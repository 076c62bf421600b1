"""Stream statuses during waits for a rate limit."""

import threading
import time
from collections.abc import Callable

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    StreamDescriptor,
)
from airbyte_cdk.models.airbyte_protocol import (  # type: ignore[attr-defined]  # re-exported by a star
    AirbyteStreamStatusRateLimitedReason,
)
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

# Shorter waits only spread the requests.
SHORTEST_WAIT_IN_SECONDS = 5.0
# Reset times that are closer together belong to the same reset: headers give whole seconds.
SAME_RESET_IN_SECONDS = 5.0


class RateLimitStatus:
    """Emits that a stream is running and rate limited, with the reset time, once for a stream and reset. Thread-safe.

    https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol#airbytestreamstatustracemessage
    """

    def __init__(self, messages: MessageRepository, clock: Callable[[], float] = time.time) -> None:
        self._messages, self._clock = messages, clock
        self._resets: dict[str, float] = {}
        self._lock = threading.Lock()

    def report(self, stream: str, waited: float, resets_in: float) -> None:
        """Report that a stream waits, altogether for `waited` seconds, for a limit that resets in `resets_in` seconds.

        Requests outside a stream, without a name, have no status.
        """
        if not stream or waited < SHORTEST_WAIT_IN_SECONDS:
            return
        resets_at = self._clock() + resets_in
        with self._lock:
            is_new = resets_at > self._resets.get(stream, 0) + SAME_RESET_IN_SECONDS
            if is_new:
                self._resets[stream] = resets_at
        if is_new:
            self._messages.emit_message(_status(stream, resets_at))


def _status(stream: str, resets_at: float) -> AirbyteMessage:
    reason = AirbyteStreamStatusReason(
        AirbyteStreamStatusReasonType.RATE_LIMITED, AirbyteStreamStatusRateLimitedReason(round(resets_at * 1000))
    )
    return as_airbyte_message(StreamDescriptor(name=stream), AirbyteStreamStatus.RUNNING, [reason])
