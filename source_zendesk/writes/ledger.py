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
# Zendesk's servers may differ by so much.
SKEW_SECONDS = 60
ZENDESK = "zendesk"
# So many finished actions stay readable in the state.
MAX_READABLE = 20


class Ledger:
    """The standing of every action that was begun, by its fingerprint; no entry is ever forgotten but for refusals.

    `server_time` returns Zendesk's present, None where it is unknown; streams without idempotency keys have none. A key
    is relied on in a later run only if `at` is by that clock (`clock: zendesk`): the clocks of the machines that run
    the connector may be hours apart, and a key that Zendesk has forgotten creates a second ticket.

    State: `{"actions": {fingerprint: {"status": ...}}}` with the status `sending` (and `at`, in epoch seconds, and
    `clock`), `waiting` (and `job`, its id), `done`, `failed` or `unknown`; where these are many, as `ClosedActions`;
    and the `salt` of fingerprints that cover a secret.
    """

    def __init__(self, checkpoint: Checkpoint, server_time: Callable[[], float | None] | None = None) -> None:
        self._checkpoint, self._server_time = checkpoint, server_time
        standings = checkpoint.resume_state.get("actions", {})
        self._statuses = {key: dict(standing) for key, standing in standings.items() if key != KEY}
        self._closed = ClosedActions(standings.get(KEY, {}))
        self._earlier: dict[str, dict[str, Any]] = {}
        self._salt = str(checkpoint.resume_state.get("salt") or "")
        self._is_renamed = False

    def salted(self, action: Action) -> Action:
        """The action with the salt of this state if it contains a secret; from now on it is kept under that."""
        if not action.is_secret:
            return action
        self._salt = self._salt or secrets.token_hex(16)
        salted = replace(action, salt=self._salt)
        self._rename(action.fingerprint, salted.fingerprint)
        return salted

    def _rename(self, before: str, after: str) -> None:
        """Know what was begun without a salt; its idempotency key was another, so it is not relied on."""
        if before == after:
            return
        if before in self._statuses:
            standing = self._statuses.pop(before)
            self._statuses.setdefault(after, {**standing, "at": 0} if "at" in standing else standing)
            self._is_renamed = True
        elif before in self._closed:
            self._closed.rename(before, after)
            self._is_renamed = True

    def renamed_state(self) -> Iterator[AirbyteMessage]:
        """The state where its fingerprints changed."""
        if self._is_renamed:
            yield self._state_message()

    def is_new(self, action: Action) -> bool:
        """Whether it was never begun."""
        return action.fingerprint not in self._statuses and action.fingerprint not in self._closed

    def job(self, action: Action) -> str:
        """The job that it waits for, empty where there is none."""
        return str(self._statuses.get(action.fingerprint, {}).get("job", ""))

    def is_open(self, action: Action) -> bool:
        """Whether an earlier run was ended while it was being sent."""
        return self._statuses.get(action.fingerprint, {}).get("status") == "sending"

    def is_closed(self, action: Action) -> bool:
        """Whether an earlier run came to its end, whichever it was; it will not be sent again."""
        status = self._statuses.get(action.fingerprint, {}).get("status")
        return status in STATUSES or action.fingerprint in self._closed

    def seconds_left(self, action: Action) -> float:
        """How long Zendesk still knows the idempotency key that it was first sent with; all along if that is now."""
        if not self.is_open(action):
            return KEYS_KEPT_SECONDS
        standing = self._statuses[action.fingerprint]
        sent_at = standing.get("at")
        now = self._zendesk_now() if standing.get("clock") == ZENDESK else None
        if now is None or not isinstance(sent_at, (int, float)) or sent_at > now + SKEW_SECONDS:
            return 0
        return max(KEYS_KEPT_SECONDS - max(now - sent_at, 0), 0)

    def _zendesk_now(self) -> float | None:
        return self._server_time() if self._server_time else None

    def begin(self, action: Action) -> AirbyteMessage:
        """Told before it is sent, so that no later run sends it again; `at` stays that of the first time."""
        standing = self._statuses.get(action.fingerprint)
        if standing:
            self._earlier[action.fingerprint] = standing
        return self._set_status(action, standing or {"status": "sending", **self._now()})

    def _now(self) -> dict[str, Any]:
        now = self._zendesk_now()
        return {"at": int(time.time())} if now is None else {"at": int(now), "clock": ZENDESK}

    def wait(self, action: Action, job: str) -> AirbyteMessage:
        """Zendesk took it and does it in a job."""
        return self._set_status(action, {"status": "waiting", "job": job})

    def close(self, action: Action, status: str) -> AirbyteMessage:
        """It is `done`, `failed` or `unknown`, and will not be sent again."""
        return self._set_status(action, {"status": status})

    def drop(self, action: Action) -> AirbyteMessage:
        """Zendesk refused it, so the next run may send it; of what an earlier run sent, it is as open as before."""
        self._statuses.pop(action.fingerprint, None)
        if action.fingerprint in self._earlier:
            return self._set_status(action, self._earlier[action.fingerprint])
        return self._state_message()

    def _set_status(self, action: Action, standing: dict[str, Any]) -> AirbyteMessage:
        self._statuses[action.fingerprint] = standing
        return self._state_message()

    def _state_message(self) -> AirbyteMessage:
        self._shorten()
        salt = {"salt": self._salt} if self._salt else {}
        return self._checkpoint.advance({"actions": {**self._statuses, **self._closed.state}, **salt})

    def _shorten(self) -> None:
        statuses = {key: standing["status"] for key, standing in self._statuses.items()}
        closed = {key: status for key, status in statuses.items() if status in STATUSES}
        if len(closed) > MAX_READABLE:
            self._closed.add(closed)
            self._statuses = {key: standing for key, standing in self._statuses.items() if key not in closed}
