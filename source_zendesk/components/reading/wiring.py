"""What the stream of a sync has besides its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from airbyte_cdk.models import AirbyteMessage

from source_zendesk.components.reading.arrivals import Arrivals
from source_zendesk.components.reading.brands import Brands
from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.extraction.base import Row
from source_zendesk.components.reading.shared_pages import SharedPages
from source_zendesk.components.reading.sideload_join import SideloadJoin
from source_zendesk.messages.pages import Pages


class Checkpoint(Protocol):
    """What keeps the state of the stream."""

    @property
    def position(self) -> State:
        """The state to go on from."""

    def reach(self, state: State) -> AirbyteMessage:
        """The message that says how far the stream has come."""

    def refuse(self, reason: str) -> None:
        """Skip the stream, or raise where that would lose rows."""


class RecordStep(Protocol):
    """What is done with the records of a page before they are emitted; parents of other streams do not pass here."""

    def of(self, rows: list[Row]) -> list[Row]:
        """The records of the page in the form in which they are emitted."""


@dataclass(frozen=True)
class Wiring:
    """What a stream shares with the others of its sync, and what the user asks of it.

    Pages in `shared` are told apart by `shared_as`, which differs for streams that ask by a `query` for part of the
    rows. All streams of an endpoint ask it to `include` the same; `sideloads` are joined to the records of this one,
    and fields that came for others, `unasked`, are taken off. `arguments` are the names of query parameters,
    `is_asked_for` says that their values come from the configuration. `needs_all_rows` is for a parent whose rows are
    wanted on every run. The `checkpoint` is that of a stream without parents; `brands` tells where each help center
    answers; `steps` are what the configuration wants done with the records of each page, which `pages` sends out and
    the `arrivals` counts.
    """

    shared: SharedPages = field(default_factory=lambda: SharedPages({}))
    shared_as: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    include: frozenset[str] = frozenset()
    sideloads: SideloadJoin = field(default_factory=SideloadJoin)
    unasked: tuple[str, ...] = ()
    arguments: frozenset[str] = frozenset()
    is_asked_for: bool = False
    needs_all_rows: bool = False
    checkpoint: Checkpoint | None = None
    brands: Brands | None = None
    steps: Sequence[RecordStep] = ()
    pages: Pages = field(default_factory=Pages)
    arrivals: Arrivals = field(default_factory=Arrivals)
