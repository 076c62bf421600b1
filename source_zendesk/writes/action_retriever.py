"""The retriever of action streams."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.call_rate import APIBudget
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Record, StreamSlice

from source_zendesk.extract.extractors import RecordExtractor
from source_zendesk.extract.transformations import TypeCoercion
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.manifest.definitions import build_component
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.manifest.placeholders import find_placeholders
from source_zendesk.output.action_redaction import MASK
from source_zendesk.writes.action import DRY_RUN, Action, build_payload
from source_zendesk.writes.action_context import ActionContext
from source_zendesk.writes.action_queue import ActionQueue
from source_zendesk.writes.action_run import ActionRun, raise_errors
from source_zendesk.writes.error_handler import WriteErrorHandler
from source_zendesk.writes.job_poller import JobPoller
from source_zendesk.writes.job_pool import JobPool
from source_zendesk.writes.ledger import Ledger
from source_zendesk.writes.presigned_upload import PresignedUpload
from source_zendesk.writes.requester import WriteRequester
from source_zendesk.writes.storage_client import StorageClient


@dataclass
class ActionRetriever(Retriever):
    """Sends each action once, in order, and emits the records in the response, or those of the started job.

    The state is emitted before an action is sent and after it has finished; an action in the state is not sent again.
    A dry run sends nothing, not even a token request; its records contain the requests. `requester`, `jobs` and
    `upload` are the definitions of a `WriteRequester`, a `JobPoller` and a `FileUpload`, since the interfaces of the
    CDK allow any request to be sent again. `job_requester` requests the status of jobs.
    https://developer.zendesk.com/api-reference/introduction/requests/
    """

    name: str
    config: Mapping[str, Any]
    endpoint: str
    requester: Mapping[str, Any]
    authenticator: DeclarativeAuthenticator
    backoff_strategy: RetryAfterBackoff
    job_requester: Requester
    extractor: RecordExtractor
    jobs: Mapping[str, Any] = field(default_factory=dict)
    job_endpoint: str = ""
    idempotent: bool = False
    sends: str = "json"
    file_field: str = ""
    upload: Mapping[str, Any] = field(default_factory=dict)
    failures_key: str = ""
    schema: str = ""
    product: str = ""
    api_budget: APIBudget | None = None
    connections: BoundedAdapter | None = None
    context: ActionContext | None = None

    def __post_init__(self) -> None:
        """Build the requester and the poller; sends nothing."""
        self._placeholders = find_placeholders(self.endpoint)
        self.coercion = TypeCoercion.from_schema(self.schema, self.product) if self.schema else TypeCoercion()
        self._requester: WriteRequester = build_component(
            self.requester,
            name=self.name,
            config=self.config,
            authenticator=self.authenticator,
            error_handler=WriteErrorHandler(self.backoff_strategy),
            api_budget=self.api_budget or APIBudget(policies=[]),
            connections=self.connections,
        )
        self._poller: JobPoller | None = None
        if self.jobs:
            definition = {"job_endpoint": self.job_endpoint, **self.jobs}
            self._poller = build_component(definition, name=self.name, requester=self.job_requester)
        self._upload = self._build_upload() if self.upload else None

    def _build_upload(self) -> PresignedUpload:
        storage = StorageClient(self.name, self.config, self._requester.error_handler)
        requester = replace(self._requester, http_method="POST")
        return PresignedUpload(FileUpload.from_entry(self.upload), self.file_field, bool(self.jobs), requester, storage)

    @property
    def request_line(self) -> str:
        """The method and the path of the entry, for messages."""
        return f"{self._requester.http_method} {self.endpoint}"

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """The records of all unfinished actions, interleaved with states."""
        if self.context is None:
            return
        ledger = Ledger(self.context.checkpoint, self._requester.server_time if self.idempotent else None)
        queue = ActionQueue(self.name, ledger, self.context.actions, self.context.stats)
        if self.config["dry_run"]:
            yield from (self._dry_run(action) for action in queue if ledger.is_new(action))
            raise_errors(self.name, queue.errors)
        else:
            yield from ActionRun(
                self, ledger, JobPool(self._poller, self.context.slots), self.context.state_barrier
            ).run(queue)

    def sign(self, action: Action, sleep: Callable[[float], None]) -> requests.PreparedRequest:
        """The signed request of an action, after the upload of its file if the request contains the upload's id."""
        uploaded = self._upload.upload_first(action, sleep) if self._upload else action
        return self._requester.sign(self._prepare(uploaded, self._key(action)))

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
        if self._upload and not self._upload.comes_first:
            return self._upload.send(action, request, sleep)
        return self._requester.send(request, sleep, key_expires_at, is_repetition=is_repetition)

    def _key(self, action: Action) -> str:
        return action.fingerprint if self.idempotent else ""

    def _prepare(self, action: Action, key: str) -> requests.PreparedRequest:
        return self._requester.prepare(
            action.path(self.endpoint),
            action.query(self._placeholders),
            build_payload(action, self.sends, self.file_field),
            key,
        )

    def _dry_run(self, action: Action) -> Record:
        redacted = action.redacted
        if self._upload:
            redacted = self._upload.entry_action(redacted)
        request = self._prepare(redacted, self._key(action))
        content = {
            "method": request.method,
            "url": str(request.url).partition("?")[0].replace(quote(MASK), MASK),
            "query": redacted.query(self._placeholders),
            "headers": {**request.headers, "Authorization": MASK},
            "body": redacted.body,
            "file": str(action.file.path) if action.file else None,
        }
        return Record({"_request": content, "_action": action.describe(), "_status": DRY_RUN}, self.name)
