"""One run through the actions of a stream."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import requests
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ActionError, JobError, JobExpiredError
from source_zendesk.extract.extractors import RecordExtractor, Row
from source_zendesk.extract.transformations import TypeCoercion
from source_zendesk.http.error_text import one_line, warning_text
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.refusals import UploadFailed, WriteRefused, WriteUnknown
from source_zendesk.http.response import parse_serializable
from source_zendesk.output.state_flush_barrier import StateFlushBarrier
from source_zendesk.printable import join_first
from source_zendesk.writes.action import Action
from source_zendesk.writes.action_queue import ActionQueue
from source_zendesk.writes.job_pool import JobPool, JobResult
from source_zendesk.writes.ledger import Ledger
from source_zendesk.writes.upload_file import printable_path
from source_zendesk.writes.write_response import failed_items

LOGGER = logging.getLogger("airbyte")
MAX_NAMED = 10
MAX_CHARACTERS = 1000


class ActionSender(Protocol):
    """Prepares and sends the actions of a stream."""

    name: str
    extractor: RecordExtractor
    coercion: TypeCoercion
    idempotent: bool
    failures_key: str

    @property
    def request_line(self) -> str:
        """The method and the path of the action's request, for messages."""

    def sign(self, action: Action, sleep: Callable[[float], None]) -> requests.PreparedRequest:
        """The signed request of an action; raises `WriteRefused` if what it needs cannot be had."""

    def send(
        self,
        action: Action,
        request: requests.PreparedRequest,
        sleep: Callable[[float], None],
        key_expires_at: float,
        *,
        is_repetition: bool,
    ) -> requests.Response:
        """The response to a request, sent at most once; raises `WriteRefused` or `WriteUnknown`."""


class ActionRun:
    """Sends the actions that are not in the ledger, polls their jobs, and emits records and states.

    After a refusal, the other actions are still sent. The run then ends with an error that lists every action that was
    refused, failed or may have been done.
    """

    def __init__(self, sender: ActionSender, ledger: Ledger, pool: JobPool, state_barrier: StateFlushBarrier) -> None:
        self._sender, self._ledger, self._jobs, self._state_barrier = sender, ledger, pool, state_barrier
        self._errors: list[ActionError | JobError] = []

    def run(self, queue: ActionQueue) -> Iterator[StreamData]:
        """Records and states of all actions; raises `ActionError` or `JobError` at the end."""
        with self._jobs:
            for action in queue:
                yield from self._perform(action)
            yield from self._ledger.renamed_state()
            yield from self._complete_jobs(self._jobs.iter_completed())
        raise_errors(self._sender.name, [*queue.errors, *self._errors])

    def _perform(self, action: Action) -> Iterator[StreamData]:
        job = self._ledger.job(action)
        if job:
            yield from self._acquire_slot()
            self._jobs.resume(action, job)
        elif self._ledger.is_new(action) or self._may_repeat(action):
            yield from self._acquire_slot()
            yield from self._send(action)
        elif self._ledger.is_open(action):
            yield from self._close_as_unknown(action, "an earlier run ended while the action was being sent")

    def _may_repeat(self, action: Action) -> bool:
        return self._sender.idempotent and self._ledger.is_open(action) and self._ledger.key_seconds_left(action) > 0

    def _acquire_slot(self) -> Iterator[StreamData]:
        yield from self._complete_jobs(self._jobs.acquire_slot())

    def _send(self, action: Action) -> Iterator[StreamData]:
        try:
            request = self._sender.sign(action, self._jobs.sleep_polling)
        except WriteRefused as refused:
            self._jobs.release_slot()
            yield from self._handle_refusal(action, refused)
            return
        yield from self._send_signed(action, request)

    def _send_signed(self, action: Action, request: requests.PreparedRequest) -> Iterator[StreamData]:
        is_repetition = self._ledger.is_open(action)
        # The platform may take long to read the state that `_begin` yields.
        key_expires_at = time.monotonic() + self._ledger.key_seconds_left(action)
        yield from self._begin(action)
        try:
            response = self._sender.send(
                action, request, self._jobs.sleep_polling, key_expires_at, is_repetition=is_repetition
            )
        except WriteRefused as refused:
            self._jobs.release_slot()
            yield from self._close_after_response(action, str(refused), self._handle_refusal(action, refused))
        except WriteUnknown as unknown:
            self._jobs.release_slot()
            yield from self._close_as_unknown(action, str(unknown))
        except AirbyteTracedException:
            # Zendesk refused the credentials, or returned no token for a retry after a 429.
            yield self._ledger.drop(action)
            raise
        except Exception as error:  # the action may have been sent, so it is closed
            LOGGER.debug("Stream %s: an action failed", self._sender.name, exc_info=True)
            self._jobs.release_slot()
            yield from self._close_as_unknown(action, f"sending it failed with {type(error).__name__}")
        else:
            yield from self._close_after_response(
                action, f"status {response.status_code}", self._handle_response(action, response)
            )

    def _close_after_response(
        self, action: Action, outcome: str, messages: Iterator[StreamData]
    ) -> Iterator[StreamData]:
        """The messages that close an action after a response; if they raise, messages that close it as unknown.

        Whatever a response contains, it does not leave its action open: that would block the actions after it.
        """
        try:
            closing = [*messages]
        except Exception as error:  # whatever the response contains
            LOGGER.debug("Stream %s: a response cannot be processed", self._sender.name, exc_info=True)
            cause = f"{outcome}, but its body cannot be processed: {type(error).__name__}"
            closing = [*self._close_as_unknown(action, cause)]
        yield from closing

    def _handle_refusal(self, action: Action, refused: WriteRefused) -> Iterator[StreamData]:
        failures = failed_items(action, refused.response, self._sender.failures_key)
        if not failures:
            self._errors.append(
                ActionError(self._sender.name, _describe_refusal(action, refused, self._sender.request_line))
            )
            yield self._ledger.drop(action)
            return
        ids = ", ".join(str(row.get("id")) for row in failures)
        cause = f"{_describe(action)} was done except for {ids}; it is not sent again, so add an action for those"
        self._errors.append(ActionError(self._sender.name, cause))
        yield from self._close(action, failures, "failed", "failed")

    def _begin(self, action: Action) -> Iterator[StreamData]:
        """Emit the state with the action as `sending`, and wait until it is flushed."""
        message = self._ledger.begin(action)
        self._state_barrier.expect(message)
        yield message
        self._state_barrier.wait(message)

    def _handle_response(self, action: Action, response: requests.Response) -> Iterator[StreamData]:
        warning = self._warning(action, response)
        try:
            body = parse_serializable(response.content, self._sender.name) if response.content.strip() else None
        except (ValueError, RecursionError):
            self._jobs.release_slot()
            failure = detect_intermediary(response)
            cause = f"{failure.cause}; {failure.remedy}" if failure else "but the response is not JSON"
            yield from self._close_as_unknown(action, f"status {response.status_code}, {cause}", warning)
            return
        job = self._jobs.add_from_response(action, response, body)
        if job is None:
            yield from self._close(action, self._sender.extractor.extract(body), "done", "done", warning)
        elif job.id:
            yield self._ledger.wait(action, job.id)

    def _warning(self, action: Action, response: requests.Response) -> str:
        """Zendesk's warning about parts of the action that it ignored, logged and returned."""
        warning = warning_text(response)
        if warning:
            LOGGER.warning("Stream %s: Zendesk warns about %s: %s", self._sender.name, _describe(action), warning)
        return warning

    def _complete_jobs(self, results: Iterable[JobResult]) -> Iterator[StreamData]:
        for result in results:
            job = result[0]
            yield from self._close_after_response(
                job.action, f"the job {job.id} is {job.status}", self._complete_job(result)
            )

    def _complete_job(self, result: JobResult) -> Iterator[StreamData]:
        job, error = result
        if error is None:
            if job.is_failed:
                self._errors.append(JobError(self._sender.name, job.failure))
            elif job.failed_results:
                LOGGER.warning(
                    "Stream %s: the job %s has failed results: %s", self._sender.name, job.id, job.failed_results
                )
            final = "failed" if job.is_failed else "done"
            yield from self._close(job.action, job.records(self._sender.extractor), job.status, final, job.warning)
            return
        self._errors.append(error)
        if isinstance(error, JobExpiredError):
            yield from self._close(job.action, [{}], "unknown", "unknown", error.cause)

    def _close_as_unknown(self, action: Action, cause: str, warning: str = "") -> Iterator[StreamData]:
        unknown = f"it is unknown whether {_describe(action)} was done ({cause}); it is not sent again"
        self._errors.append(ActionError(self._sender.name, unknown))
        yield from self._close(action, [{}], "unknown", "unknown", "; ".join(filter(None, (cause, warning))))

    def _close(
        self, action: Action, rows: list[Row], status: str, ledger_status: str, warning: str = ""
    ) -> Iterator[StreamData]:
        # The output does not redact records, and a warning may quote a secret: `one_line` redacts it.
        warning_field = {"_warning": one_line(warning, MAX_CHARACTERS)} if warning else {}
        added = {"_action": action.describe(), "_status": status, **warning_field}
        yield from [Record({**row, **added}, self._sender.name) for row in self._sender.coercion.coerce(rows)]
        yield self._ledger.close(action, ledger_status)


def raise_errors(stream: str, errors: Sequence[ActionError | JobError]) -> None:
    """Raise an error of the first one's type with the causes of all; nothing if there are none."""
    if errors:
        causes = join_first([error.cause for error in errors], MAX_NAMED, "; ", conjunction="; and ")
        raise type(errors[0])(stream, f"{causes}.")


def _describe_refusal(action: Action, refused: WriteRefused, request_line: str) -> str:
    if isinstance(refused, UploadFailed):
        return f"{_describe(action)} was not done, because {refused}; the next run sends it again"
    return f"Zendesk refused {_describe(action)} at {request_line}: {refused}"


def _describe(action: Action) -> str:
    """The action with its parameters, the keys of its body and its file, as far as it has them."""
    parts = [json.dumps(action.redacted.parameters, default=str)] if action.parameters else []
    if action.body:
        parts.append(f"a body with {join_first([f'`{one_line(name)}`' for name in action.body], MAX_NAMED)}")
    if action.file:
        parts.append(f"the file {printable_path(action.file.path)}")
    return f"the action with {' and '.join(parts) or 'no parameters'} (fingerprint {action.fingerprint})"
