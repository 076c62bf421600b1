"""What a stream shares with the other streams of its sync."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from airbyte_cdk.models import AirbyteMessage

from source_zendesk.extract.brands import BrandHosts
from source_zendesk.extract.cursors.base import State
from source_zendesk.extract.extractors import Row
from source_zendesk.extract.response_cache import ResponseCache
from source_zendesk.extract.row_counts import RowCounts
from source_zendesk.extract.sideload_join import SideloadJoin
from source_zendesk.output.page_transport import PageTransport


class Checkpoint(Protocol):
    """What keeps the state of the stream."""

    @property
    def resume_state(self) -> State:
        """The state to go on from."""

    def advance(self, state: State) -> AirbyteMessage:
        """The message that says how far the stream has come."""

    def skip_stream(self, reason: str) -> None:
        """Skip the stream, or raise where that would lose rows."""


class RecordTransformation(Protocol):
    """What is done with the records of a page before they are emitted; parents of other streams do not pass here."""

    def transform(self, rows: list[Row]) -> list[Row]:
        """The records of the page in the form in which they are emitted."""


@dataclass(frozen=True)
class StreamContext:
    """What a stream shares with the others of its sync, and what the user asks of it.

    Pages in `shared` are told apart by `shared_as`, which differs for streams that ask by a `query` for part of the
    rows. All streams of an endpoint ask it to `include` the same; `sideloads` are joined to the records of this one,
    and fields that came for others, `unasked`, are taken off. `arguments` are the names of query parameters,
    `is_asked_for` says that their values come from the configuration. `needs_all_rows` is for a parent whose rows are
    wanted on every run. The `checkpoint` is that of a stream without parents; `brands` tells where each help center
    answers; `steps` are what the configuration wants done with the records of each page, which `pages` sends out and
    the `arrivals` counts.
    """

    response_cache: ResponseCache = field(default_factory=lambda: ResponseCache({}))
    cache_key: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    include: frozenset[str] = frozenset()
    sideloads: SideloadJoin = field(default_factory=SideloadJoin)
    foreign_sideloads: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()
    is_input: bool = False
    needs_all_rows: bool = False
    checkpoint: Checkpoint | None = None
    brand_hosts: BrandHosts | None = None
    transformations: Sequence[RecordTransformation] = ()
    page_transport: PageTransport = field(default_factory=PageTransport)
    row_counts: RowCounts = field(default_factory=RowCounts)
