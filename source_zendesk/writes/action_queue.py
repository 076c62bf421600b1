"""The actions of a stream, one at a time."""

import logging
from collections.abc import Iterator, Sequence

from source_zendesk.errors import ActionError
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.writes.action import Action
from source_zendesk.writes.ledger import Ledger
from source_zendesk.writes.upload_file import InvalidFileError

LOGGER = logging.getLogger("airbyte")


class ActionQueue:
    """Yields each action once, in order, with the salt of the ledger.

    The file of an action is read just before the action is yielded, so that only one file is in memory. An action whose
    file cannot be read is skipped and added to `errors`.
    """

    def __init__(self, stream: str, ledger: Ledger, actions: Sequence[Action], stats: SyncStats) -> None:
        self._stream, self._ledger, self._actions, self._stats = stream, ledger, actions, stats
        self.errors: list[ActionError] = []

    def __iter__(self) -> Iterator[Action]:
        fingerprints: set[str] = set()
        sent = 0
        for action in filter(None, map(self._read, self._actions)):
            if action.fingerprint not in fingerprints:
                fingerprints.add(action.fingerprint)
                sent += self._ledger.is_closed(action)
                yield action
        self._log_already_sent(sent, len(fingerprints))

    def _read(self, action: Action) -> Action | None:
        unread = action.unread()
        try:
            if unread.file:
                _ = unread.file.content
        except InvalidFileError as error:
            self.errors.append(ActionError(self._stream, f"an action was not sent, because its file {error}"))
            return None
        return self._ledger.salted(unread)

    def _log_already_sent(self, sent: int, total: int) -> None:
        if not sent:
            return
        counts = f"{sent} already sent, nothing is left to send" if sent == total else f"{sent} of {total} already sent"
        text = f"{counts} (by an earlier run; reset the stream to send all of its actions again)"
        LOGGER.info("Stream %s: %s", self._stream, text)
        self._stats.note(self._stream, text)
