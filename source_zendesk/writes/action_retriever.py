"""The retriever of action streams."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.extract.extractors import RecordExtractor
from source_zendesk.extract.transformations import TypeCoercion
from source_zendesk.manifest.placeholders import find_placeholders
from source_zendesk.output.action_redaction import MASK
from source_zendesk.writes.action import DRY_RUN, Action, payload
from source_zendesk.writes.action_context import ActionContext
from source_zendesk.writes.action_queue import ActionQueue
from source_zendesk.writes.action_run import ActionRun, raise_errors
from source_zendesk.writes.job_poller import JobPoller
from source_zendesk.writes.job_pool import JobPool
from source_zendesk.writes.ledger import Ledger
from source_zendesk.writes.requester import WriteRequester


@dataclass
class ActionRetriever(Retriever):
    """Sends each action once, in order, and emits what Zendesk answers, or what became of the job that it began.

    The state is told before an action is sent and after it is finished; what is in it is not sent again. In a dry run
    nothing is sent, not even to get a token, and the records tell what would be.
    https://developer.zendesk.com/api-reference/introduction/requests/
    """

    name: str
    config: Mapping[str, Any]
    endpoint: str
    requester: WriteRequester
    extractor: RecordExtractor
    jobs: JobPoller | None = None
    idempotent: bool = False
    file_field: str = ""
    failures_key: str = ""
    schema: str = ""
    product: str = ""
    context: ActionContext | None = None

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        self._placeholders = find_placeholders(self.endpoint)
        self.coercion = TypeCoercion.from_schema(self.schema, self.product) if self.schema else TypeCoercion()

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of all actions that are not finished, interleaved with the state."""
        if self.context is None:
            return
        ledger = Ledger(self.context.checkpoint, self.requester.server_time if self.idempotent else None)
        queue = ActionQueue(self.name, ledger, self.context.actions, self.context.stats)
        if self.config["allow_writes"] == DRY_RUN:
            yield from (self._dry_run(action) for action in queue if ledger.is_new(action))
            raise_errors(self.name, queue.errors)
        else:
            yield from ActionRun(self, ledger, JobPool(self.jobs, self.context.slots), self.context.state_barrier).run(
                queue
            )

    def sign(self, action: Action) -> requests.PreparedRequest:
        """The request of an action, ready to be sent."""
        return self.requester.sign(self._prepare(action, self._key(action)))

    def send(
        self, request: requests.PreparedRequest, sleep: Callable[[float], None], seconds: float
    ) -> requests.Response:
        """The answer to a request sent once, within so many seconds; raises `WriteRefused` or `WriteUnknown`."""
        return self.requester.send(request, sleep, seconds)

    def _key(self, action: Action) -> str:
        return action.fingerprint if self.idempotent else ""

    def _prepare(self, action: Action, key: str) -> requests.PreparedRequest:
        return self.requester.prepare(
            action.path(self.endpoint),
            action.query(self._placeholders),
            payload(action, self.file_field),
            key,
        )

    def _dry_run(self, action: Action) -> Record:
        shown = action.redacted
        request = self._prepare(shown, self._key(action))
        told = {
            "method": request.method,
            "url": str(request.url).partition("?")[0].replace(quote(MASK), MASK),
            "query": shown.query(self._placeholders),
            "headers": {**request.headers, "Authorization": MASK},
            "body": shown.body,
            "file": str(action.file.path) if action.file else None,
        }
        return Record({"_request": told, "_action": action.describe(), "_status": DRY_RUN}, self.name)
