"""Sends the actions of one stream."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.components.actions.action import DRY_RUN, Action
from source_zendesk.components.actions.payload import payload
from source_zendesk.components.jobs.job_flight import JobFlight
from source_zendesk.components.jobs.job_poller import JobPoller
from source_zendesk.components.reading.extraction import Extraction
from source_zendesk.components.reading.forms import Forms
from source_zendesk.components.writing.action_queue import ActionQueue
from source_zendesk.components.writing.action_run import ActionRun, raise_troubles
from source_zendesk.components.writing.action_wiring import ActionWiring
from source_zendesk.components.writing.ledger import Ledger
from source_zendesk.components.writing.write_requester import WriteRequester
from source_zendesk.manifest.placeholders import placeholders_of
from source_zendesk.masking import MASK


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
    answer: Extraction
    jobs: JobPoller | None = None
    idempotent: bool = False
    file_field: str = ""
    failures_key: str = ""
    schema: str = ""
    product: str = ""
    wiring: ActionWiring | None = None

    def __post_init__(self) -> None:
        """Nothing is sent yet."""
        self._placeholders = placeholders_of(self.endpoint)
        self.forms = Forms.of_schema(self.schema, self.product) if self.schema else Forms()

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of all actions that are not finished, interleaved with the state."""
        if self.wiring is None:
            return
        ledger = Ledger(self.wiring.checkpoint, self.requester.server_time if self.idempotent else None)
        queue = ActionQueue(self.name, ledger, self.wiring.actions, self.wiring.tally)
        if self.config["allow_writes"] == DRY_RUN:
            yield from (self._rehearsed(action) for action in queue if ledger.is_new(action))
            raise_troubles(self.name, queue.troubles)
        else:
            yield from ActionRun(self, ledger, JobFlight(self.jobs, self.wiring.slots), self.wiring.outbox).run(queue)

    def signed(self, action: Action) -> requests.PreparedRequest:
        """The request of an action, ready to be sent."""
        return self.requester.signed(self._prepared(action, self._key(action)))

    def send(
        self, request: requests.PreparedRequest, sleep: Callable[[float], None], seconds: float
    ) -> requests.Response:
        """The answer to a request sent once, within so many seconds; raises `WriteRefused` or `WriteUnknown`."""
        return self.requester.send(request, sleep, seconds)

    def _key(self, action: Action) -> str:
        return action.fingerprint if self.idempotent else ""

    def _prepared(self, action: Action, key: str) -> requests.PreparedRequest:
        return self.requester.prepared(
            action.path(self.endpoint),
            action.query(self._placeholders),
            payload(action, self.file_field),
            key,
        )

    def _rehearsed(self, action: Action) -> Record:
        shown = action.shown
        request = self._prepared(shown, self._key(action))
        told = {
            "method": request.method,
            "url": str(request.url).partition("?")[0].replace(quote(MASK), MASK),
            "query": shown.query(self._placeholders),
            "headers": {**request.headers, "Authorization": MASK},
            "body": shown.body,
            "file": str(action.file.path) if action.file else None,
        }
        return Record({"_request": told, "_action": action.told(), "_status": DRY_RUN}, self.name)
