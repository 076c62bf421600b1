"""The number of rows is estimated where a response contains the count of the list, and is the number of rows."""

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW
from source_zendesk.manifest import Manifest

ENDPOINTS = Manifest.load().endpoints
READS = [name for name, endpoint in ENDPOINTS.items() if endpoint.kind == "read" and not endpoint.parents]
# The paginators whose responses contain the count of the list.
WITH_COUNT = (
    *("$linked_paginator", "$next_url_paginator", "$offset_paginator"),
    *("$counted_paginator", "$next_cursor_paginator"),
)


zendesk = account_fixture(scope="module", seed=5, rows=110, tickets=20, now=NOW)


def estimates(result: Result) -> dict[str, list[int]]:
    """The estimated rows of each stream."""
    found: dict[str, list[int]] = {}
    for trace in result.bodies("trace"):
        if trace["type"] == "ESTIMATE":
            assert trace["estimate"]["type"] == "STREAM"
            found.setdefault(trace["estimate"]["name"], []).append(trace["estimate"]["row_estimate"])
    return found


def test_the_estimate_of_a_list_is_the_number_of_its_rows(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), READS)
    found = estimates(first)
    assert len(found) > 15
    assert {ENDPOINTS[name].options.paginator for name in found} <= set(WITH_COUNT)
    assert found == {name: [len(first.records[name])] for name in found}
    again = sync(zendesk.config(), list(found), first.state)
    assert estimates(again) == {name: [len(again.records[name])] for name in estimates(again)}
    assert len(estimates(again)) < len(found)


def test_a_read_that_resumes_within_a_list_has_no_estimate(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["workspaces"])
    resumed = sync(zendesk.config(), ["workspaces"], first.state_after(1))
    assert estimates(first) == {"workspaces": [110]}
    assert (estimates(resumed), len(resumed.records["workspaces"])) == ({}, 10)


def test_the_estimate_precedes_the_rows(zendesk: Emulator) -> None:
    kinds = [
        (message.get("trace") or {}).get("type") or message["type"]
        for message in sync(zendesk.config(), ["targets"]).messages
    ]
    assert kinds.index("ESTIMATE") < kinds.index("RECORD")


def test_the_counts_of_reconciliation_are_estimates(zendesk: Emulator) -> None:
    result = sync(zendesk.config(), ["tickets", "groups", "reconciliation"])
    counted = {row["stream"]: row["counted"] for row in result.records["reconciliation"]}
    assert estimates(result) == {name: [count] for name, count in counted.items()}
    assert estimates(sync(zendesk.config(), ["groups", "reconciliation"], result.state)) == {}
