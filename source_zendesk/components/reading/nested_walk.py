"""A walk through the pages of a stream that has parents itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_zendesk.components.reading.child_states import ChildStates
from source_zendesk.components.reading.cursors.progress import State
from source_zendesk.components.reading.slices import Parent, Slot, slots
from source_zendesk.components.reading.walk import Page
from source_zendesk.components.requests.outcome import StreamSkipped

if TYPE_CHECKING:
    from source_zendesk.components.reading.page_retriever import PageRetriever

# They stand in every state of a stream, so they are for brands and webhooks rather than for users.
MOST_PLACES = 100


@dataclass
class NestedWalk:
    """The pages of a stream, parent after parent, as the parents of a third.

    With `keeps_places` a later walk gives, for each parent, the rows alone that changed since.

    State: `{"slot": state of the parent, "values": the parent's values, "page": state within that parent's pages}`; the
    latter counts for that parent alone, which may be gone since. `places` are where the next walk goes on within the
    pages of each parent, by its values; beyond a hundred parents all rows come again.
    """

    retriever: "PageRetriever"
    parents: list[Parent]
    keeps_places: bool = False

    def walk(self, state: State) -> Iterator[Page]:
        """Its pages from a state on; raises `StreamSkipped` where every parent refuses them.

        Parents that are merely gone count as refusing only where none was passed by before. No state behind a parent
        that refuses is told before another has given its pages.
        """
        refusal, is_read = None, False
        places = ChildStates(state.get("places", {}), keeps=self.keeps_places, most=MOST_PLACES)
        for slot in slots(self.parents, state.get("slot", {})):
            try:
                if slot.values is not None:
                    is_begun = slot.values == state.get("values")
                    inner = state.get("page", {}) if is_begun else places.of(slot.values)
                    yield from self._of_parent(slot, inner, places)
                    is_read = True
            except StreamSkipped as skipped:
                refusal = skipped if refusal is None or skipped.is_access else refusal
            if is_read or refusal is None:
                yield Page([], _with(places, {"slot": slot.before}), _with(places, {"slot": slot.after}))
        if refusal and not is_read and (refusal.is_access or not state):
            raise refusal

    def _of_parent(self, slot: Slot, inner: State, places: ChildStates) -> Iterator[Page]:
        here = {"slot": slot.before, "values": slot.values}
        for page in self.retriever.walk(inner, slot.values):
            inner = page.after
            before, after = ({**here, "page": state} for state in (page.before, page.after))
            yield Page(page.rows, _with(places, before), _with(places, after))
        places.keep(slot.values, inner)


def _with(places: ChildStates, state: State) -> State:
    return {**state, "places": dict(places.states)} if places.states else state
