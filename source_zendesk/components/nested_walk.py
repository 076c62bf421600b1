"""A walk through the pages of a stream that has parents itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_zendesk.components.cursors.progress import State
from source_zendesk.components.outcome import ParentSkipped
from source_zendesk.components.slices import Parent, Slot, slots
from source_zendesk.components.walk import Page

if TYPE_CHECKING:
    from source_zendesk.components.page_retriever import PageRetriever


@dataclass
class NestedWalk:
    """The pages of a stream, parent after parent, as the parents of a third.

    State: `{"slot": state of the parent, "page": state within that parent's pages}`.
    """

    retriever: "PageRetriever"
    parents: list[Parent]

    def walk(self, state: State) -> Iterator[Page]:
        """Its pages from a state on."""
        inner = state.get("page", {})
        for slot in slots(self.parents, state.get("slot", {})):
            if slot.values is None:
                yield Page([], {"slot": slot.before}, {"slot": slot.after})
                continue
            yield from self._of_parent(slot, inner)
            inner = {}

    def _of_parent(self, slot: Slot, inner: State) -> Iterator[Page]:
        try:
            for page in self.retriever.walk(inner, slot.values):
                yield Page(
                    page.rows, {"slot": slot.before, "page": page.before}, {"slot": slot.before, "page": page.after}
                )
        except ParentSkipped:
            pass
        yield Page([], {"slot": slot.after}, {"slot": slot.after})
