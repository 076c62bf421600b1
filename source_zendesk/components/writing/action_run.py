"""One run through the actions of a stream."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import requests
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.components.actions.action import Action
from source_zendesk.components.jobs.job_flight import JobFlight, Landing
from source_zendesk.components.reading.extraction import Extraction
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.forms import Forms
from source_zendesk.components.requests import json_body
from source_zendesk.components.requests.error_text import one_line, warning_of
from source_zendesk.components.requests.intermediaries import intermediary
from source_zendesk.components.requests.outcome import WriteRefused, WriteUnknown
from source_zendesk.components.writing.action_queue import ActionQueue
from source_zendesk.components.writing.ledger import Ledger
from source_zendesk.components.writing.partial_answer import undone
from source_zendesk.errors import ActionError, JobError, JobExpiredError
from source_zendesk.messages.outbox import Outbox

LOGGER = logging.getLogger("airbyte")
MOST_NAMED = 10
MOST_CHARACTERS = 1000


class Sender(Protocol):
    """What knows how the actions of a stream are sent and answered."""

    name: str
    answer: Extraction
    forms: Forms
    idempotent: bool
    failures_key: str

    def signed(self, action: Action) -> requests.PreparedRequest:
        """The request of an action."""

    def send(
        self, request: requests.PreparedRequest, sleep: Callable[[float], None], seconds: float
    ) -> requests.Response:
        """The answer to a request sent once, within so many seconds; raises `WriteRefused` or `WriteUnknown`."""


class ActionRun:
    """Sends what the ledger does not have, follows the jobs, and emits records and states.

    A refusal does not keep the other actions from being sent; the run ends in an error that names all that was not
    done, or may have been.
    """

    def __init__(self, sender: Sender, ledger: Ledger, flight: JobFlight, outbox: Outbox) -> None:
        self._sender, self._ledger, self._flight, self._outbox = sender, ledger, flight, outbox
        self._troubles: list[ActionError | JobError] = []

    def run(self, queue: ActionQueue) -> Iterator[StreamData]:
        """Records and states of all actions; raises `ActionError` or `JobError` at the end."""
        with self._flight:
            for action in queue:
                yield from self._perform(action)
            yield from self._ledger.told_anew()
            yield from self._all_landed(self._flight.landings())
        raise_troubles(self._sender.name, [*queue.troubles, *self._troubles])

    def _perform(self, action: Action) -> Iterator[StreamData]:
        job = self._ledger.job(action)
        if job:
            yield from self._slot()
            self._flight.resume(action, job)
        elif self._ledger.is_new(action) or self._may_repeat(action):
            yield from self._slot()
            yield from self._send(action)
        elif self._ledger.is_open(action):
            yield from self._give_up(action, "an earlier run was ended while it was being sent")

    def _may_repeat(self, action: Action) -> bool:
        return self._sender.idempotent and self._ledger.is_open(action) and self._ledger.seconds_left(action) > 0

    def _slot(self) -> Iterator[StreamData]:
        yield from self._all_landed(self._flight.take_slot())

    def _send(self, action: Action) -> Iterator[StreamData]:
        request = self._sender.signed(action)
        seconds = self._ledger.seconds_left(action)
        yield from self._begin(action)
        try:
            response = self._sender.send(request, self._flight.pass_time, seconds)
        except WriteRefused as refused:
            self._flight.give_back()
            yield from self._closed(action, str(refused), self._refused(action, refused))
        except WriteUnknown as unknown:
            self._flight.give_back()
            yield from self._give_up(action, str(unknown))
        except AirbyteTracedException:
            # Of the credentials: Zendesk refused them, or gave no token to send the action again after a 429.
            yield self._ledger.withdraw(action)
            raise
        except Exception as error:  # it may have been sent, so it is closed
            LOGGER.debug("Stream %s: an action failed", self._sender.name, exc_info=True)
            self._flight.give_back()
            yield from self._give_up(action, f"sending it failed with {type(error).__name__}")
        else:
            yield from self._closed(action, f"status {response.status_code}", self._answered(action, response))

    def _closed(self, action: Action, said: str, messages: Iterator[StreamData]) -> Iterator[StreamData]:
        """The messages that close an action after a response; if they cannot be made, those that close it as unknown.

        No response may leave an action open, which would keep those behind it from being sent.
        """
        try:
            made = [*messages]
        except Exception as error:  # whatever the response contains
            LOGGER.debug("Stream %s: a response cannot be described", self._sender.name, exc_info=True)
            cause = f"{said}, but its body cannot be described: {type(error).__name__}"
            made = [*self._give_up(action, cause)]
        yield from made

    def _refused(self, action: Action, refused: WriteRefused) -> Iterator[StreamData]:
        failures = undone(action, refused.response, self._sender.failures_key)
        if not failures:
            self._troubles.append(ActionError(self._sender.name, f"Zendesk refused {_named(action)}: {refused}"))
            yield self._ledger.withdraw(action)
            return
        ids = ", ".join(str(row.get("id")) for row in failures)
        cause = f"of {_named(action)} all was done but {ids}; it will not be sent again, so make an action of those"
        self._troubles.append(ActionError(self._sender.name, cause))
        yield from self._close(action, failures, "failed", "failed")

    def _begin(self, action: Action) -> Iterator[StreamData]:
        """Tell that it is being sent, and go on when that has been written out."""
        message = self._ledger.begin(action)
        self._outbox.expect(message)
        yield message
        self._outbox.wait(message)

    def _answered(self, action: Action, response: requests.Response) -> Iterator[StreamData]:
        warning = self._warned(action, response)
        try:
            body = json_body.writable(response.content, self._sender.name) if response.content.strip() else None
        except (ValueError, RecursionError):
            self._flight.give_back()
            found = intermediary(response)
            cause = f"{found.cause}; {found.remedy}" if found else "but the answer is not JSON"
            yield from self._give_up(action, f"status {response.status_code}, {cause}", warning)
            return
        job = self._flight.begun(action, response, body)
        if job is None:
            yield from self._close(action, self._sender.answer.rows(body), "done", "done", warning)
        elif job.id:
            yield self._ledger.wait(action, job.id)

    def _warned(self, action: Action, response: requests.Response) -> str:
        """What Zendesk dropped of the action, logged and returned."""
        warning = warning_of(response)
        if warning:
            LOGGER.warning("Stream %s: Zendesk warns about %s: %s", self._sender.name, _named(action), warning)
        return warning

    def _all_landed(self, landings: Iterable[Landing]) -> Iterator[StreamData]:
        for landing in landings:
            job = landing[0]
            yield from self._closed(job.action, f"the job {job.id} is {job.status}", self._landed(landing))

    def _landed(self, landing: Landing) -> Iterator[StreamData]:
        job, error = landing
        if error is None:
            if job.is_failed:
                self._troubles.append(JobError(self._sender.name, job.failure))
            elif job.failed_results:
                LOGGER.warning(
                    "Stream %s: not all of job %s was done: %s", self._sender.name, job.id, job.failed_results
                )
            standing = "failed" if job.is_failed else "done"
            yield from self._close(job.action, job.rows(self._sender.answer), job.status, standing, job.warning)
            return
        self._troubles.append(error)
        if isinstance(error, JobExpiredError):
            yield from self._close(job.action, [{}], "unknown", "unknown", error.cause)

    def _give_up(self, action: Action, cause: str, warning: str = "") -> Iterator[StreamData]:
        unknown = f"it is unknown whether {_named(action)} was done ({cause}); it will not be sent again"
        self._troubles.append(ActionError(self._sender.name, unknown))
        yield from self._close(action, [{}], "unknown", "unknown", "; ".join(filter(None, (cause, warning))))

    def _close(
        self, action: Action, rows: list[Row], status: str, standing: str, warning: str = ""
    ) -> Iterator[StreamData]:
        # Records are not searched for secrets, which a cause may quote.
        warned = {"_warning": one_line(warning, MOST_CHARACTERS)} if warning else {}
        told = {"_action": action.told(), "_status": status, **warned}
        yield from [Record({**row, **told}, self._sender.name) for row in self._sender.forms.of(rows)]
        yield self._ledger.close(action, standing)


def raise_troubles(stream: str, troubles: Sequence[ActionError | JobError]) -> None:
    """Raise the first error with the causes of all; nothing if there are none."""
    if troubles:
        causes = [trouble.cause for trouble in troubles[:MOST_NAMED]]
        rest = len(troubles) - len(causes)
        raise type(troubles[0])(stream, "; ".join(causes) + (f"; and {rest} more." if rest else "."))


def _named(action: Action) -> str:
    return f"the action with {json.dumps(action.shown.parameters, default=str)} (fingerprint {action.fingerprint})"
