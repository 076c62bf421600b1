"""A response in an unknown format is an error that names the stream, and no row is lost."""

import re
from collections.abc import Iterator

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.expected_rows import ExpectedRows
from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordingServer, Reply
from integration_tests.samples import sample
from source_zendesk.manifest import Endpoint, Manifest

OTHER = {"former_rows": [{"id": 1}], "legacy": {"rows": [{"id": 2}]}, "previous": [{"id": 3}], "count": 3}
"""A response with its list under an undocumented name."""
KEYLESS = "$single_list_extractor"
"""The extractor of rows in the only list of a response."""


def reads_named_list(entry: Endpoint) -> bool:
    """Whether a stream of another product reads a named list, without parents other than brands."""
    is_root = entry.kind == "read" and not entry.placeholders
    is_root = is_root and all(parent.stream == "brands" for parent in entry.parents)
    return is_root and entry.product != "support" and bool(entry.record_key or entry.options.extractor == KEYLESS)


ENDPOINTS = Manifest.load().endpoints
ENTRIES = sample(filter(reads_named_list, ENDPOINTS.values()), lambda entry: (entry.product, entry.family))
NAMES = [entry.name for entry in ENTRIES]


@pytest.fixture(scope="module")
def runs() -> Iterator[tuple[Emulator, Result, Result]]:
    """A sync of all products with unknown formats, and one with its state and documented formats."""
    with Emulator(seed=1, rows=3, tickets=3, frozen=True) as zendesk:
        for entry in ENTRIES:
            zendesk.faults.add(entry.path.removesuffix(".json"), status=200, body=OTHER, times=99)
        broken = sync(zendesk.config(), ["tags", *NAMES])
        zendesk.faults.clear()
        yield zendesk, broken, sync(zendesk.config(), NAMES, broken.state)


def test_each_product_has_a_case() -> None:
    assert len({entry.product for entry in ENTRIES}) > 14


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_unknown_shape_is_an_error_and_the_next_run_emits_its_rows(
    entry: Endpoint, runs: tuple[Emulator, Result, Result]
) -> None:
    zendesk, broken, after = runs
    assert f"Stream {entry.name}: the response has no" in broken.stream_errors[entry.name]
    assert (broken.statuses[entry.name][-1], broken.records[entry.name]) == ("INCOMPLETE", [])
    stamp = {entry.options.read_at_field, "included", "translations"}
    rows, expected = after.records[entry.name], ExpectedRows(zendesk).rows(entry)
    assert_same_rows(
        [{k: v for k, v in row.items() if k not in stamp} for row in rows],
        [{k: v for k, v in row.items() if k not in stamp} for row in expected],
    )
    assert after.statuses[entry.name][-1] == "COMPLETE"


def test_other_streams_of_the_sync_are_complete(runs: tuple[Emulator, Result, Result]) -> None:
    assert runs[1].statuses["tags"][-1] == "COMPLETE"


def ancestors(entry: Endpoint) -> set[str]:
    """The streams among the parents of a stream, and theirs."""
    parents = {parent.stream for parent in entry.parents} - {""}
    return parents.union(*(ancestors(ENDPOINTS[parent]) for parent in parents))


SUBSTREAMS = sample(
    (entry for entry in ENDPOINTS.values() if entry.kind == "read" and ancestors(entry) and not entry.custom_object),
    lambda entry: (entry.product, entry.family),
)


@pytest.fixture(scope="module")
def without_parents() -> Result:
    """A sync of substreams with a server that returns something else."""
    blocks = {name: {"credentials": "access_token", "access_token": "t0ken"} for name in Manifest.load().accounts}
    with RecordingServer(lambda _: Reply(body={"hello": 1})) as server:
        return sync({**server.config(), **blocks}, [entry.name for entry in SUBSTREAMS])


@pytest.mark.parametrize("entry", SUBSTREAMS, ids=lambda entry: entry.name)
def test_the_error_of_a_parent_names_the_stream_and_the_parent(entry: Endpoint, without_parents: Result) -> None:
    error = without_parents.stream_errors[entry.name]
    found = re.match(r"Stream (\w+): its parent (\w+) cannot be read: the response ", error)
    assert found, error
    assert found[1] == entry.name
    assert found[2] in {*ancestors(entry), "brands"}


def received_keys(entry: Endpoint) -> list[str]:
    """The fields of the key that the response contains, and not the request."""
    return [name for name in entry.primary_key if f"{{{name}}}" not in entry.path and name != "brand_id"]


def reads_object(entry: Endpoint) -> bool:
    """Whether a stream reads objects with a key, of which the emulator's account has some."""
    is_object = entry.kind == "read" and entry.options.extractor == "$object_extractor"
    return is_object and bool(received_keys(entry)) and not entry.path.startswith("/api/sell/")


OBJECTS = sample(
    filter(reads_object, ENDPOINTS.values()),
    lambda entry: (entry.product, entry.family, bool(entry.record_key)),
)


@pytest.mark.parametrize("body", [{"hello": 1}, []], ids=["another object", "an empty list"])
@pytest.mark.parametrize("entry", OBJECTS, ids=lambda entry: entry.name)
def test_a_response_of_another_server_is_no_record(entry: Endpoint, body: object) -> None:
    with Emulator(seed=1, rows=30, tickets=3, frozen=True) as zendesk:
        zendesk.faults.add(re.sub(r"{[^}]+}", "*", entry.path), status=200, body=body, times=999)
        result = sync(zendesk.config(), [entry.name])
    assert result.records[entry.name] == []
    assert result.statuses[entry.name][-1] == "INCOMPLETE"
    causes = ("the response has no object `", "the response has a record without its key `")
    assert any(f"{entry.name}: {cause}" in result.stream_errors[entry.name] for cause in causes)
