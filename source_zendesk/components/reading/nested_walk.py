"""A walk through the pages of a stream that has parents itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.slices import Parent, Slot, slots
from source_zendesk.components.reading.walk import Page
from source_zendesk.components.requests.outcome import StreamSkipped

if TYPE_CHECKING:
    from source_zendesk.components.reading.page_retriever import PageRetriever


@dataclass
class NestedWalk:
    """The pages of a stream, parent after parent, as the parents of a third.

    State: `{"slot": state of the parent, "values": the parent's values, "page": state within that parent's pages}`; the
    latter counts for that parent alone, which may be gone since.
    """

    retriever: "PageRetriever"
    parents: list[Parent]

    def walk(self, state: State) -> Iterator[Page]:
        """Its pages from a state on; raises `StreamSkipped` where every parent refuses them.

        Parents that are merely gone count as refusing only where none was passed by before. No state behind a parent
        that refuses is told before another has given its pages.
        """
        refusal, is_read = None, False
        for slot in slots(self.parents, state.get("slot", {})):
            try:
                if slot.values is not None:
                    inner = state.get("page", {}) if slot.values == state.get("values") else {}
                    yield from self._of_parent(slot, inner)
                    is_read = True
            except StreamSkipped as skipped:
                refusal = skipped if refusal is None or skipped.is_access else refusal
            if is_read or refusal is None:
                yield Page([], {"slot": slot.before}, {"slot": slot.after})
        if refusal and not is_read and (refusal.is_access or not state):
            raise refusal

    def _of_parent(self, slot: Slot, inner: State) -> Iterator[Page]:
        for page in self.retriever.walk(inner, slot.values):
            here = {"slot": slot.before, "values": slot.values}
            yield Page(page.rows, {**here, "page": page.before}, {**here, "page": page.after})
