"""The streams of a sync share their responses, and each has the checkpoint that its parents need."""

from collections.abc import Mapping
from typing import Any

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from requests_mock import Mocker

from source_zendesk.extract.row_counts import ALL_TIME
from source_zendesk.http.adaptive_executor import AdaptiveExecutor
from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.refusals import StreamSkipped
from source_zendesk.http.session import SYNC_TIMEOUTS
from source_zendesk.manifest import Manifest
from source_zendesk.output.sync_services import SyncServices
from source_zendesk.parent_checkpoint import ParentCheckpoint
from source_zendesk.settings import Settings
from source_zendesk.source import SourceZendesk
from source_zendesk.streams import StreamBuilder
from source_zendesk.sync_context import SyncContext
from unit_tests.account import ACCOUNT
from unit_tests.test_source import catalog

CONFIG = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}
TRIGGERS = f"{ACCOUNT}/api/v2/triggers"
MANIFEST = Manifest.load()


def builder(*names: str, reconciles: bool = False, **config: Any) -> StreamBuilder:
    settings = Settings.parse({**CONFIG, **config}, MANIFEST)
    definitions = SourceZendesk(catalog(*names), CONFIG).resolved_manifest["streams"]
    sync = SyncContext(
        InMemoryMessageRepository(),
        ConnectorStateManager(),
        SyncServices(),
        {},
        reconciles,
        SYNC_TIMEOUTS,
        BoundedAdapter(),
        AdaptiveExecutor(),
    )
    return StreamBuilder(MANIFEST, {each["name"]: each for each in definitions}, settings, sync)


def read(made: StreamBuilder, *names: str) -> dict[str, list[Mapping[str, Any]]]:
    """The records of each stream, which are read one after the other."""
    records: dict[str, list[Mapping[str, Any]]] = {name: [] for name in names}
    for stream in made.build(names):
        for partition in stream.generate_partitions():
            records[stream.name] += [record.data for record in partition.read()]
            stream.cursor.close_partition(partition)
    return records


@pytest.fixture
def triggers(requests_mock: Mocker) -> Mocker:
    """Two triggers with a revision each."""
    requests_mock.get(TRIGGERS, json={"triggers": [{"id": 1}, {"id": 2}], "meta": {"has_more": False}})
    for number in (1, 2):
        revisions = {"trigger_revisions": [{"id": number * 10}], "meta": {"has_more": False}}
        requests_mock.get(f"{TRIGGERS}/{number}/revisions", json=revisions)
    return requests_mock


def requested(mocker: Mocker) -> list[str]:
    return [request.path.rpartition("/api/v2/")[2] for request in mocker.request_history]


def test_a_stream_and_its_child_request_each_page_once(triggers: Mocker) -> None:
    made = builder("triggers", "trigger_revisions")
    read(made, "triggers", "trigger_revisions")
    assert requested(triggers) == ["triggers", "triggers/1/revisions", "triggers/2/revisions"]


def test_inputs_replace_the_parents(triggers: Mocker) -> None:
    inputs = [{"stream": "trigger_revisions", "parameters": {"trigger_id": 2}}]
    made = builder("triggers", "trigger_revisions", inputs=inputs)
    read(made, "trigger_revisions")
    assert requested(triggers) == ["triggers/2/revisions"]
    assert [run.is_input for run in made.runs] == [True]


@pytest.mark.parametrize(
    ("stream", "has_parents"), [("triggers", False), ("trigger_revisions", True), ("tickets", False)]
)
def test_a_stream_with_parents_is_checkpointed_by_parent(stream: str, *, has_parents: bool) -> None:
    made = builder(stream)
    (built,) = made.build([stream])
    (run,) = made.runs
    assert isinstance(run.checkpoint, ParentCheckpoint) is has_parents
    assert built.cursor is run.checkpoint
    assert (built.name, run.endpoint.name, run.is_input) == (stream, stream, False)


def test_the_window_of_counts_is_set_only_for_a_reconciliation() -> None:
    windows = {}
    for reconciles in (False, True):
        made = builder("tickets", reconciles=reconciles)
        made.build(["tickets"])
        windows[reconciles] = made.runs[0].row_counts.window
    assert windows[False] in (None, ALL_TIME)
    assert windows[True] not in (None, ALL_TIME)


@pytest.mark.usefixtures("triggers")
def test_rows_outside_a_sync() -> None:
    made = builder("triggers", "trigger_revisions")
    ids = {
        "triggers": [row["id"] for row in made.rows("triggers")],
        "all": [row["id"] for row in made.rows("trigger_revisions")],
        "one": [row["id"] for row in made.rows("trigger_revisions", {"trigger_id": 2})],
    }
    assert ids == {"triggers": [1, 2], "all": [10, 20], "one": [20]}


def test_the_first_response_of_a_list(triggers: Mocker) -> None:
    made = builder("triggers")
    assert len(made.first_response("triggers", {"per_page": 1})["triggers"]) == 2
    assert [request.qs for request in triggers.request_history] == [{"per_page": ["1"]}]
    triggers.get(TRIGGERS, status_code=403)
    with pytest.raises(StreamSkipped):
        made.first_response("triggers", {"per_page": 1})


def test_requests_are_signed_with_the_credentials() -> None:
    assert builder("triggers").auth_header("triggers") == {"Authorization": "Bearer t0ken"}
