"""What the stream of an action has besides its definition."""

from dataclasses import dataclass, field

from source_zendesk.components.actions.action import Action
from source_zendesk.components.jobs.job_slots import JobSlots
from source_zendesk.components.reading.wiring import Checkpoint
from source_zendesk.messages.outbox import Outbox
from source_zendesk.messages.tally import Tally


@dataclass(frozen=True)
class ActionWiring:
    """The actions to send, where their standing is kept, and the slots, the outbox and the tally that all share."""

    actions: list[Action]
    checkpoint: Checkpoint
    slots: JobSlots = field(default_factory=JobSlots)
    outbox: Outbox = field(default_factory=Outbox)
    tally: Tally = field(default_factory=Tally)
