"""The write-ahead ledger: the status of each action, kept in the state."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from airbyte_cdk.models import AirbyteMessage

from source_zendesk.extract.stream_context import Checkpoint
from source_zendesk.writes.action import Action
from source_zendesk.writes.closed_actions import KEY, STATUSES, ClosedActions

# Zendesk keeps idempotency keys for two hours.
KEYS_KEPT_SECONDS = 7000
# The maximum clock difference between Zendesk's servers.
SKEW_SECONDS = 60
ZENDESK = "zendesk"
# Up to this many finished actions keep their own entries in the state; more are stored as digests.
MAX_READABLE = 20


class Ledger:
    """The status of every started action by its fingerprint; only a refusal removes an entry.

    `server_time` returns Zendesk's current time, or None if it is unknown; streams without idempotency keys do not pass
    it. A later run uses an idempotency key only if `at` is a time of Zendesk's clock (`clock: zendesk`). The clocks of
    the machines that run the connector may differ by hours, and an expired key would create a second ticket.

    State: `{"actions": {fingerprint: {"status": ...}}}` with the status `sending` (with `at`, in epoch seconds, and
    `clock`), `waiting` (with `job`, the id), `done`, `failed` or `unknown`. Many finished actions are stored as
    `ClosedActions`. `salt` is the salt of the fingerprints that cover a secret.
    """

    def __init__(self, checkpoint: Checkpoint, server_time: Callable[[], float | None] | None = None) -> None:
        self._checkpoint, self._server_time = checkpoint, server_time
        entries = checkpoint.resume_state.get("actions", {})
        self._statuses = {key: dict(entry) for key, entry in entries.items() if key != KEY}
        self._closed = ClosedActions(entries.get(KEY, {}))
        self._earlier: dict[str, dict[str, Any]] = {}
        self._salt = str(checkpoint.resume_state.get("salt") or "")
        self._is_renamed = False

    def salted(self, action: Action) -> Action:
        """The action, with the salt of this state if it contains a secret; its entry moves to the new fingerprint."""
        if not action.is_secret:
            return action
        self._salt = self._salt or secrets.token_hex(16)
        salted = replace(action, salt=self._salt)
        self._rename(action.fingerprint, salted.fingerprint)
        return salted

    def _rename(self, before: str, after: str) -> None:
        """Move an entry without a salt to its new fingerprint; its idempotency key differed, so it no longer counts."""
        if before == after:
            return
        if before in self._statuses:
            entry = self._statuses.pop(before)
            self._statuses.setdefault(after, {**entry, "at": 0} if "at" in entry else entry)
            self._is_renamed = True
        elif before in self._closed:
            self._closed.rename(before, after)
            self._is_renamed = True

    def renamed_state(self) -> Iterator[AirbyteMessage]:
        """The state, if fingerprints have changed."""
        if self._is_renamed:
            yield self._state_message()

    def is_new(self, action: Action) -> bool:
        """Whether the action was never started."""
        return action.fingerprint not in self._statuses and action.fingerprint not in self._closed

    def job(self, action: Action) -> str:
        """The id of the action's unfinished job; empty if there is none."""
        return str(self._statuses.get(action.fingerprint, {}).get("job", ""))

    def is_open(self, action: Action) -> bool:
        """Whether an earlier run ended while the action was being sent."""
        return self._statuses.get(action.fingerprint, {}).get("status") == "sending"

    def is_closed(self, action: Action) -> bool:
        """Whether the action has a final status; it is not sent again."""
        status = self._statuses.get(action.fingerprint, {}).get("status")
        return status in STATUSES or action.fingerprint in self._closed

    def key_seconds_left(self, action: Action) -> float:
        """For how long Zendesk still accepts the action's idempotency key; the full time if it is not sent yet."""
        if not self.is_open(action):
            return KEYS_KEPT_SECONDS
        entry = self._statuses[action.fingerprint]
        sent_at = entry.get("at")
        now = self._zendesk_now() if entry.get("clock") == ZENDESK else None
        if now is None or not isinstance(sent_at, (int, float)) or sent_at > now + SKEW_SECONDS:
            return 0
        return max(KEYS_KEPT_SECONDS - max(now - sent_at, 0), 0)

    def _zendesk_now(self) -> float | None:
        return self._server_time() if self._server_time else None

    def begin(self, action: Action) -> AirbyteMessage:
        """Note that the action is being sent; a repeated action keeps the `at` of its first attempt.

        Returns the state to emit before sending, so that no later run sends the action again.
        """
        entry = self._statuses.get(action.fingerprint)
        if entry:
            self._earlier[action.fingerprint] = entry
        return self._set_status(action, entry or {"status": "sending", **self._now()})

    def _now(self) -> dict[str, Any]:
        now = self._zendesk_now()
        return {"at": int(time.time())} if now is None else {"at": int(now), "clock": ZENDESK}

    def wait(self, action: Action, job: str) -> AirbyteMessage:
        """Note that Zendesk accepted the action and runs it as a job."""
        return self._set_status(action, {"status": "waiting", "job": job})

    def close(self, action: Action, status: str) -> AirbyteMessage:
        """Set the final status `done`, `failed` or `unknown`; the action is not sent again."""
        return self._set_status(action, {"status": status})

    def drop(self, action: Action) -> AirbyteMessage:
        """Remove the entry of a refused action, so that the next run sends it; restore an entry of an earlier run."""
        self._statuses.pop(action.fingerprint, None)
        if action.fingerprint in self._earlier:
            return self._set_status(action, self._earlier[action.fingerprint])
        return self._state_message()

    def _set_status(self, action: Action, entry: dict[str, Any]) -> AirbyteMessage:
        self._statuses[action.fingerprint] = entry
        return self._state_message()

    def _state_message(self) -> AirbyteMessage:
        self._shorten()
        salt = {"salt": self._salt} if self._salt else {}
        return self._checkpoint.advance({"actions": {**self._statuses, **self._closed.state}, **salt})

    def _shorten(self) -> None:
        statuses = {key: entry["status"] for key, entry in self._statuses.items()}
        closed = {key: status for key, status in statuses.items() if status in STATUSES}
        if len(closed) > MAX_READABLE:
            self._closed.add(closed)
            self._statuses = {key: entry for key, entry in self._statuses.items() if key not in closed}
