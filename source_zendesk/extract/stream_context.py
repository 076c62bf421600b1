"""The objects that a stream shares with the other streams of its sync."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessageFileReference

from source_zendesk.extract.brands import BrandHosts
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.response_cache import ResponseCache
from source_zendesk.extract.row_counts import RowCounts
from source_zendesk.extract.sideload_join import SideloadJoin
from source_zendesk.output.page_transport import PageTransport


class Checkpoint(Protocol):
    """Keeps the state of a stream."""

    @property
    def resume_state(self) -> State:
        """The state at which the read resumes."""

    def advance(self, state: State, pages: int = 0) -> AirbyteMessage:
        """Save the state after this number of `pages`, and return its STATE message."""

    def skip_stream(self, reason: str) -> None:
        """Skip the stream; raises `ConfigError` if that could lose rows."""


class RecordTransformation(Protocol):
    """Transforms the records of a page before they are emitted; records read as parents are not transformed."""

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page, transformed."""


class FileTransfer(Protocol):
    """Stores the files of records."""

    def store_files(self, rows: list[Row]) -> tuple[list[Row], Sequence[AirbyteRecordMessageFileReference | None]]:
        """The records and their references to their files, after the last byte is stored; None for no file."""


class PendingRows(Protocol):
    """Requests the records for which rows of a page stand."""

    def replace_pending(self, rows: list[Row], since: int) -> list[Row]:
        """The rows with records in place of the pending ones, without events before `since`."""


@dataclass(frozen=True)
class RequestContext:
    """What the requests of a stream share with those of other streams, and their parameters.

    A `query` selects some of the endpoint's rows. All streams of an endpoint request the same `include`, so that they
    share its pages in the `response_cache`. `parameters` are the names of query parameters; with `is_input`, their
    values come from the configuration. `credentials_field` is the field of the configuration that signs the requests.
    `on_page` is called with this field after each page.
    """

    response_cache: ResponseCache = field(default_factory=lambda: ResponseCache({}))
    query: Mapping[str, Any] = field(default_factory=dict)
    include: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    is_input: bool = False
    brand_hosts: BrandHosts | None = None
    credentials_field: str = "credentials"
    on_page: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class StreamContext:
    """What a stream shares with the other streams of its sync, and the options of the user.

    `needs_all_rows` disables incremental filtering for a parent stream. `has_volatile_rows` means that rows can change
    without their cursor field; a parent stream still returns only changed rows. The `checkpoint` is set for a stream
    without parents. `transformations` are those of the configuration. Without a `page_transport`, the stream emits each
    record on its own. With `pending_rows`, it also emits the records for which rows of its pages stand. With
    `file_transfer`, it stores the files of a page before it emits the records.
    """

    request_context: RequestContext = field(default_factory=RequestContext)
    sideloads: SideloadJoin = field(default_factory=SideloadJoin)
    needs_all_rows: bool = False
    has_volatile_rows: bool = False
    checkpoint: Checkpoint | None = None
    transformations: Sequence[RecordTransformation] = ()
    page_transport: PageTransport | None = None
    row_counts: RowCounts = field(default_factory=RowCounts)
    pending_rows: PendingRows | None = None
    file_transfer: FileTransfer | None = None
