"""Finished actions, ten characters each."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

KEY = "closed"
"""The key of the finished actions among the `actions` of a state."""
DONE, FAILED, UNKNOWN = STATUSES = ("done", "failed", "unknown")
DIGEST_CHARACTERS = 10


class ClosedActions:
    """The finished actions of a stream, as a digest of each fingerprint.

    Every state contains all of them, because platforms store only the last state. A count would not suffice, because
    an edit of `actions` may bring back any finished action. Short digests limit the size of the output. A digest has 60
    bits: with ten thousand finished and ten thousand new actions, the probability of a collision is 10^-10.

    State: `{"status": "closed", "done": digests, "failed": digests, "unknown": digests}`, the digests without
    separators. A version that does not support this shape rejects its status, instead of sending the actions again.
    """

    def __init__(self, state: Mapping[str, Any]) -> None:
        digests = {status: state.get(status) or "" for status in STATUSES}
        self._statuses = {digest: status for status, text in digests.items() for digest in _split(text)}
        self._texts = digests

    def __contains__(self, fingerprint: str) -> bool:
        return _digest(fingerprint) in self._statuses

    def add(self, statuses: Mapping[str, str]) -> None:
        """Add finished actions by their fingerprints."""
        self._statuses.update({_digest(fingerprint): status for fingerprint, status in statuses.items()})
        self._join()

    def rename(self, before: str, after: str) -> None:
        """Replace the fingerprint of an action."""
        self._statuses[_digest(after)] = self._statuses.pop(_digest(before))
        self._join()

    def _join(self) -> None:
        self._texts = {
            status: "".join(digest for digest, each in self._statuses.items() if each == status) for status in STATUSES
        }

    @property
    def state(self) -> dict[str, Any]:
        """The entry of the finished actions in the state; empty if there are none."""
        texts = {status: text for status, text in self._texts.items() if text}
        return {KEY: {"status": KEY, **texts}} if texts else {}


def _digest(fingerprint: str) -> str:
    full_digest = hashlib.sha256(fingerprint.encode()).digest()
    return base64.urlsafe_b64encode(full_digest)[:DIGEST_CHARACTERS].decode()


def _split(text: str) -> list[str]:
    return [text[start : start + DIGEST_CHARACTERS] for start in range(0, len(text), DIGEST_CHARACTERS)]
