"""Zendesk WFM: activities continue at the last start, with their agents and types; reports take a template."""

from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.products.wfm import lists
from integration_tests.harness import Result, run, sync
from source_zendesk.extract import wfm_paginators

ACTIVITIES = "/wfm/public/api/v1/activities"
RELATED = ["wfm_activity_types", "wfm_agents"]
WINDOW = {"startTime": 1_700_000_000, "endTime": 1_702_592_000}


zendesk = account_fixture(rows=60, tickets=5)


@pytest.fixture
def pages_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "ACTIVITIES", 10)
    monkeypatch.setattr(wfm_paginators, "FULL_PAGE", 10)


@pytest.mark.usefixtures("pages_of_ten")
def test_pages_of_activities_continue_at_the_last_start(zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), ["wfm_activities"]).records["wfm_activities"]
    expected = zendesk.expected("GET", ACTIVITIES)
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in expected)
    assert len(zendesk.requests_to(ACTIVITIES)) > len(expected) // 10


@pytest.mark.usefixtures("pages_of_ten")
def test_a_full_page_of_one_second_is_an_error(zendesk: Emulator) -> None:
    store = zendesk.store
    ids = [row["id"] for row in store.all("wfm_activities")]
    for activity_id in ids[:20]:
        store.update("wfm_activities", activity_id, startTime=1_700_000_000)
    result = sync(zendesk.config(), ["wfm_activities"])
    assert "activities start in second 1700000000" in str(result.stream_errors)


def test_a_later_read_emits_the_activities_that_changed_only(zendesk: Emulator) -> None:
    recent = zendesk.store.all("wfm_activities")[-1]
    zendesk.store.update("wfm_activities", recent["id"], startTime=int(zendesk.clock.epoch()) - 3600, endTime=None)
    first = sync(zendesk.config(), ["wfm_activities"])
    zendesk.clock.advance(hours=1)
    assert sync(zendesk.config(), ["wfm_activities"], first.state).records["wfm_activities"] == []
    zendesk.store.update("wfm_activities", recent["id"], endTime=int(zendesk.clock.epoch()))
    changed = sync(zendesk.config(), ["wfm_activities"], first.state).records["wfm_activities"]
    assert [row["id"] for row in changed] == [recent["id"]]


@pytest.mark.usefixtures("pages_of_ten")
def test_agents_and_types_of_activities_need_no_requests_of_their_own(zendesk: Emulator) -> None:
    alone = sync(zendesk.config(), ["wfm_activities"])
    requests = len(zendesk.requests_to(ACTIVITIES))
    together = sync(zendesk.config(), ["wfm_activities", *RELATED])
    assert len(zendesk.requests_to(ACTIVITIES)) == 2 * requests > 10
    assert together.records["wfm_activities"] == alone.records["wfm_activities"]
    for stream in RELATED:
        assert ids(together, stream) == sorted(row["id"] for row in zendesk.store.all(stream))
    types = set(ids(together, "wfm_activity_types"))
    assert all(types.issuperset(row["activityTypeIds"]) for row in together.records["wfm_activities"])


@pytest.mark.usefixtures("pages_of_ten")
def test_a_later_read_emits_the_agents_and_types_that_changed_only(zendesk: Emulator) -> None:
    recent = zendesk.store.all("wfm_activities")[-1]
    zendesk.store.update("wfm_activities", recent["id"], startTime=int(zendesk.clock.epoch()) - 3600)
    streams = ["wfm_activities", *RELATED]
    first = sync(zendesk.config(), streams)
    before = len(zendesk.requests_to(ACTIVITIES))
    unchanged = sync(zendesk.config(), streams, first.state)
    assert [unchanged.records[stream] for stream in streams] == [[], [], []]
    assert len(zendesk.requests_to(ACTIVITIES)) == before + 1
    zendesk.store.update("wfm_agents", recent["agentId"], name="Renamed")
    zendesk.store.update("wfm_activity_types", recent["activityTypeIds"][0], isDeleted=True)
    changed = sync(zendesk.config(), streams, unchanged.state)
    assert [row["name"] for row in changed.records["wfm_agents"]] == ["Renamed"]
    assert [row["isDeleted"] for row in changed.records["wfm_activity_types"]] == [True]
    # A change back is a change, too.
    zendesk.store.update("wfm_activity_types", recent["activityTypeIds"][0], isDeleted=False)
    restored = sync(zendesk.config(), streams, changed.state)
    assert [row["isDeleted"] for row in restored.records["wfm_activity_types"]] == [False]


def test_activities_without_their_types_fail_only_the_stream_of_types(zendesk: Emulator) -> None:
    for row in zendesk.store.all("wfm_activities"):
        zendesk.store.update("wfm_activities", row["id"], agentId=None)
    body = {"data": zendesk.store.all("wfm_activities"), "metadata": {"next": None}}
    zendesk.faults.add(ACTIVITIES, status=200, body=body, times=9)
    result = sync(zendesk.config(), ["wfm_activities", *RELATED])
    assert list(result.stream_errors) == ["wfm_activity_types"]
    assert "the response has no list `relationships.activityType`" in result.stream_errors["wfm_activity_types"]
    assert len(result.records["wfm_activities"]) == len(body["data"])


@pytest.mark.parametrize("deleted_only", [True, False])
def test_deleted_teams_arrive_with_their_mark(
    zendesk: Emulator, monkeypatch: pytest.MonkeyPatch, *, deleted_only: bool
) -> None:
    monkeypatch.setattr(lists, "DELETED_ONLY", deleted_only)
    first = sync(zendesk.config(), ["wfm_teams"])
    assert ids(first, "wfm_teams") == sorted(row["id"] for row in zendesk.store.all("wfm_teams"))
    assert {row["is_deleted"] for row in first.records["wfm_teams"]} == {True, False}
    existing = next(row for row in zendesk.store.all("wfm_teams") if not row["is_deleted"])
    zendesk.store.update("wfm_teams", existing["id"], is_deleted=True)
    rows = sync(zendesk.config(), ["wfm_teams"], first.state).records["wfm_teams"]
    assert [row["is_deleted"] for row in rows if row["id"] == existing["id"]] == [True]


def ids(result: Result, stream: str) -> list[Any]:
    return sorted(row["id"] for row in result.records[stream])


def test_a_report_is_read_to_its_end(zendesk: Emulator) -> None:
    zendesk_input = {"stream": "wfm_report_rows", "parameters": {"template_id": "t1", **WINDOW}}
    rows = sync(zendesk.config(inputs=[zendesk_input]), ["wfm_report_rows"]).records["wfm_report_rows"]
    requests = zendesk.requests_to("/wfm/public/api/v1/reports/t1/data")
    assert len(rows) == len(zendesk.store.all("wfm_report_rows"))
    assert all(request.query["startTime"] == [str(WINDOW["startTime"])] for request in requests)


def test_an_email_address_and_its_token_are_sent_with_basic_authentication(zendesk: Emulator) -> None:
    block = {"credentials": "api_token", "email": "wfm@example.com", "api_token": "token-of-wfm"}
    run("check", config=zendesk.config(wfm=block))
    (sent,) = [each for each in zendesk.requests if each.path.startswith("/wfm/")]
    assert sent.headers["authorization"].startswith("Basic ")
