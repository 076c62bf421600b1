"""What the streams of a sync share, and what each of them leaves for the end of the sync."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository

from source_zendesk.checkpoint import StreamCheckpoint
from source_zendesk.extract.row_counts import RowCounts
from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.session import Timeouts
from source_zendesk.manifest import Endpoint
from source_zendesk.output.sync_services import SyncServices


@dataclass(frozen=True)
class SyncContext:
    """The objects that a sync passes to its streams; `schemas` are those of its catalog, by stream.

    The files of the streams `with_files` are stored in the directory.
    """

    messages: MessageRepository
    states: ConnectorStateManager
    services: SyncServices
    schemas: Mapping[str, Mapping[str, Any]]
    reconciles: bool
    timeouts: Timeouts
    connections: BoundedAdapter
    executor: AdaptiveExecutor
    with_files: frozenset[str] = frozenset()
    files_directory: Path = Path()


@dataclass(frozen=True)
class StreamRun:
    """The read of one stream: its row counts and checkpoint, and whether it reads only what `inputs` names."""

    endpoint: Endpoint
    row_counts: RowCounts
    checkpoint: StreamCheckpoint
    is_input: bool
