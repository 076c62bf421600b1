"""The context of an action stream: its actions, its checkpoint and the services of the sync."""

from dataclasses import dataclass, field

from source_zendesk.extract.stream_context import Checkpoint
from source_zendesk.output.state_flush_barrier import StateFlushBarrier
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.writes.action import Action
from source_zendesk.writes.job_pool import JobSlots


@dataclass(frozen=True)
class ActionContext:
    """The actions to send, the checkpoint of their statuses, and the services shared by all streams of the sync."""

    actions: list[Action]
    checkpoint: Checkpoint
    slots: JobSlots = field(default_factory=JobSlots)
    state_barrier: StateFlushBarrier = field(default_factory=StateFlushBarrier)
    stats: SyncStats = field(default_factory=SyncStats)
