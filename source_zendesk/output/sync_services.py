"""The services that all streams of one sync share."""

from dataclasses import dataclass, field

from source_zendesk.output.all_refused_guard import AllRefusedGuard
from source_zendesk.output.file_report import FileReport
from source_zendesk.output.page_transport import PageTransport
from source_zendesk.output.schema_drift_report import SchemaDriftReport
from source_zendesk.output.state_flush_barrier import StateFlushBarrier
from source_zendesk.output.sync_stats import SyncStats


@dataclass
class SyncServices:
    """Record transport, refusals, flushed states, schema drift, files and statistics of a sync.

    Without a `page_transport`, streams emit each record on its own. Files are stored in `files_directory`, by default
    in that of the platform.
    """

    page_transport: PageTransport | None = None
    all_refused_guard: AllRefusedGuard = field(default_factory=AllRefusedGuard)
    state_barrier: StateFlushBarrier = field(default_factory=StateFlushBarrier)
    schema_drift: SchemaDriftReport = field(default_factory=SchemaDriftReport)
    file_report: FileReport = field(default_factory=FileReport)
    files_directory: str | None = None
    stats: SyncStats = field(default_factory=SyncStats)
