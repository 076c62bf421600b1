"""Zendesk WFM: activities continue at the last start, and reports take a template."""

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.products.wfm import lists
from integration_tests.harness import run, sync
from source_zendesk.extract import wfm_paginators

ACTIVITIES = "/wfm/public/api/v1/activities"
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
