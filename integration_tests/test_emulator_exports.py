"""The emulator's incremental exports, audits and revisions follow Zendesk's rules."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
import requests

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.history import COMMENTS

Json = dict[str, Any]
START = "?start_time=0"
BURST = 25
"""Tickets changed in one second, more than the requested page size."""


zendesk = account_fixture(rows=40, tickets=250)


class Client:
    """An HTTP client with an administrator's credentials."""

    def __init__(self, zendesk: Emulator) -> None:
        self.zendesk = zendesk
        login = zendesk.account.login
        self.auth = (f"{login.email}/token", login.api_token)

    def get(self, path: str) -> Json:
        body: Json = self.get_response(path).json()
        return body

    def get_response(self, path: str) -> requests.Response:
        url = path if path.startswith("http") else self.zendesk.base_url + "/api/v2/" + path
        return requests.get(url, auth=self.auth, timeout=120)

    def export(self, path: str, key: str) -> tuple[list[Json], list[Json]]:
        """The rows and the pages up to `end_of_stream`."""
        pages, following = list[Json](), path
        while not pages or not pages[-1]["end_of_stream"]:
            pages.append(self.get(following))
            following = pages[-1].get("after_url") or pages[-1]["next_page"]
        return [row for page in pages for row in page[key]], pages


def test_a_cursor_export_yields_every_ticket_once(zendesk: Emulator) -> None:
    rows, pages = Client(zendesk).export(f"incremental/tickets/cursor{START}&per_page=60", "tickets")
    assert rows == zendesk.expected("GET", "/api/v2/incremental/tickets/cursor")
    assert [row["id"] for row in rows] != sorted(row["id"] for row in rows)
    times = [row["generated_timestamp"] for row in rows]
    assert times == sorted(times)
    assert len(pages) == 5
    assert all(page["before_url"] is None and page["after_cursor"] for page in pages)


def test_the_last_cursor_returns_later_changes(zendesk: Emulator) -> None:
    client = Client(zendesk)
    _, pages = client.export(f"incremental/tickets/cursor{START}", "tickets")
    assert client.get(pages[-1]["after_url"])["tickets"] == []
    changed = zendesk.store.update("tickets", 7, subject="Changed")
    zendesk.clock.advance(minutes=2)
    later = client.get(pages[-1]["after_url"])
    assert [row["subject"] for row in later["tickets"]] == ["Changed"]
    assert later["tickets"][0]["generated_timestamp"] == changed["generated_timestamp"]


@pytest.mark.parametrize("path", ["tickets/cursor", "users/cursor", "tickets", "users", "organizations"])
def test_changes_of_the_last_minute_are_not_exported(path: str, zendesk: Emulator) -> None:
    client, name = Client(zendesk), path.split("/")[0]
    row = zendesk.store.create(name, name="New")
    assert row["id"] not in [one["id"] for one in client.export(f"incremental/{path}{START}", name)[0]]
    zendesk.clock.advance(seconds=62)
    assert client.export(f"incremental/{path}{START}", name)[0][-1]["id"] == row["id"]


@pytest.mark.parametrize(
    "path", ["tickets/cursor", "tickets", "ticket_events", "ticket_metric_events", "organizations"]
)
def test_a_start_time_of_the_last_minute_is_too_recent(path: str, zendesk: Emulator) -> None:
    response = Client(zendesk).get_response(f"incremental/{path}?start_time={int(time.time()) - 30}")
    assert response.status_code == 400
    assert response.json()["error"] == "StartTimeTooRecent"


def test_deleted_tickets_are_exported_with_a_minimal_body_unless_excluded(zendesk: Emulator) -> None:
    client = Client(zendesk)
    zendesk.store.delete("tickets", 3)
    zendesk.clock.advance(minutes=2)
    rows, _ = client.export(f"incremental/tickets/cursor{START}", "tickets")
    deleted = {row["id"]: row for row in rows if row["status"] == "deleted"}
    assert set(deleted) == set(zendesk.store.tickets.deleted_ids()) >= {3, 13}
    assert "description" not in deleted[3]
    remaining, _ = client.export(f"incremental/tickets/cursor{START}&exclude_deleted=true", "tickets")
    assert [row["id"] for row in remaining] == [row["id"] for row in rows if row["id"] not in deleted]
    assert 3 in [row["id"] for row in client.get("deleted_tickets")["deleted_tickets"]]
    assert client.get_response("tickets/3/comments").status_code == 404


def test_a_system_update_does_not_change_updated_at(zendesk: Emulator) -> None:
    rows = [row for row in zendesk.store.all("tickets") if row["generated_timestamp"]]
    assert any(row["generated_timestamp"] > zendesk_time(row["updated_at"]) + 86400 for row in rows)


def zendesk_time(text: str) -> int:
    return int(time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone


def test_time_pages_repeat_their_last_second_and_always_link_a_next_page(zendesk: Emulator) -> None:
    rows, pages = Client(zendesk).export(f"incremental/tickets{START}&per_page=50", "tickets")
    assert all(page["next_page"] for page in pages)
    assert [page["count"] for page in pages] == [len(page["tickets"]) for page in pages]
    for before, after in pairwise(pages):
        assert before["tickets"][-1] == after["tickets"][0]
        assert before["end_time"] == before["tickets"][-1]["generated_timestamp"]
    expected = zendesk.expected("GET", "/api/v2/incremental/tickets")
    assert {row["id"] for row in rows} == {row["id"] for row in expected}


def _burst(zendesk: Emulator) -> int:
    zendesk.clock.freeze()
    for _ in range(BURST):
        zendesk.store.create("tickets")
    second = int(zendesk.clock.epoch())
    zendesk.clock.advance(minutes=2)
    return second


def test_a_time_page_contains_its_whole_last_second(zendesk: Emulator) -> None:
    second = _burst(zendesk)
    page = Client(zendesk).get(f"incremental/tickets?start_time={second}&per_page=10")
    assert (page["count"], page["end_of_stream"]) == (BURST, True)


def test_a_second_can_be_split_between_time_pages(zendesk: Emulator) -> None:
    second = _burst(zendesk)
    zendesk.options.same_second = "split"
    client = Client(zendesk)
    page = client.get(f"incremental/tickets?start_time={second}&per_page=10")
    assert (page["count"], page["end_of_stream"], page["end_time"]) == (10, False, second)
    assert client.get(page["next_page"])["tickets"] == page["tickets"]


def test_a_cursor_export_pages_through_a_crowded_second(zendesk: Emulator) -> None:
    second = _burst(zendesk)
    rows, pages = Client(zendesk).export(f"incremental/tickets/cursor?start_time={second}&per_page=10", "tickets")
    assert (len(rows), len(pages)) == (BURST, 3)


def test_tickets_of_ai_agents_are_excluded_by_default(zendesk: Emulator) -> None:
    zendesk.account.ai_agent_tickets.add(5)
    client = Client(zendesk)
    found = {
        scope: {row["id"] for row in client.export(f"incremental/tickets/cursor{START}{scope}", "tickets")[0]}
        for scope in ("", "&support_type_scope=all", "&support_type_scope=ai_agent")
    }
    assert found["&support_type_scope=all"] - found[""] == found["&support_type_scope=ai_agent"] == {5}


def test_last_audits_are_refused_on_exports(zendesk: Emulator) -> None:
    assert Client(zendesk).get_response(f"incremental/tickets/cursor{START}&include=last_audits").status_code == 400


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_metric_sets_are_embedded_or_top_level(shape: str, zendesk: Emulator) -> None:
    zendesk.options.metric_sets = shape
    page = Client(zendesk).get(f"incremental/tickets/cursor{START}&include=metric_sets,users,nonsense")
    alive = [row for row in page["tickets"] if row["status"] != "deleted"]
    metrics = page["metric_sets"] if shape == "top_level" else [row["metric_set"] for row in alive]
    known = {row["id"]: row for row in zendesk.store.all("ticket_metrics")}
    assert [known[row["id"]] for row in metrics] == metrics
    assert len(metrics) == len(alive) == len(known)
    assert {row["requester_id"] for row in alive} <= {user["id"] for user in page["users"]}
    assert "nonsense" not in page


def test_identities_are_sideloaded_with_users(zendesk: Emulator) -> None:
    page = Client(zendesk).get(f"incremental/users/cursor{START}&include=identities")
    assert sorted(row["id"] for row in page["identities"]) == sorted(
        row["id"] for row in zendesk.store.all("user_identities")
    )


def test_events_contain_comments_only_on_request(zendesk: Emulator) -> None:
    client = Client(zendesk)
    plain, _ = client.export(f"incremental/ticket_events{START}", "ticket_events")
    full, _ = client.export(f"incremental/ticket_events{START}&include=comment_events", "ticket_events")
    assert not any("body" in child for event in plain for child in event["child_events"])
    assert any(child.get("comment_present") for event in plain for child in event["child_events"])
    found = [child for event in full for child in event["child_events"] if child["event_type"] in COMMENTS]
    alive = {row["id"]: row for row in zendesk.store.all("comments")}
    assert {child["id"] for child in found} >= set(alive)
    assert all(child["body"] == alive[child["id"]]["body"] for child in found if child["id"] in alive)


def test_a_new_comment_is_in_the_list_the_audit_and_the_event(zendesk: Emulator) -> None:
    client = Client(zendesk)
    zendesk.store.update("tickets", 2, comment={"body": "Just now", "public": False})
    zendesk.clock.advance(minutes=2)
    comment = client.get("tickets/2/comments")["comments"][-1]
    assert (comment["body"], comment["public"]) == ("Just now", False)
    assert client.get("tickets/2/audits")["audits"][-1]["id"] == comment["audit_id"]
    events, _ = client.export(f"incremental/ticket_events{START}&include=comment_events", "ticket_events")
    assert events[-1]["child_events"][0]["id"] == comment["id"]


def test_metric_events_have_cursor_and_time_pages(zendesk: Emulator) -> None:
    client = Client(zendesk)
    exported, _ = client.export(f"incremental/ticket_metric_events{START}", "ticket_metric_events")
    by_time = list({row["id"]: row for row in exported}.values())
    page = client.get(f"incremental/ticket_metric_events{START}&page[size]=100")
    rows = list(page["ticket_metric_events"])
    while page["meta"]["has_more"]:
        page = client.get(page["links"]["next"])
        rows += page["ticket_metric_events"]
    assert rows == by_time == zendesk.expected("GET", "/api/v2/incremental/ticket_metric_events")


def test_a_late_metric_event_appears_before_a_used_cursor(zendesk: Emulator) -> None:
    late = zendesk.store.create("ticket_metric_events", ticket_id=1, time="2024-03-01T00:00:00Z", type="breach")
    rows = Client(zendesk).get(f"incremental/ticket_metric_events{START}")["ticket_metric_events"]
    assert late in rows[:-1]


@pytest.mark.parametrize("name", ["attributes", "attribute_values", "instance_values"])
def test_routing_exports_end_with_a_null_next_page(name: str) -> None:
    with Emulator(rows=250) as big:
        following, rows = f"incremental/routing/{name}", list[Json]()
        while following:
            page = Client(big).get(following)
            rows += page[name]
            following = page["next_page"]
        assert rows == big.expected("GET", f"/api/v2/incremental/routing/{name}")
        assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("path", ["ticket_audits?limit=100", "triggers/{trigger}/revisions?limit=15"])
def test_newest_first_lists_page_by_before_url(path: str, zendesk: Emulator) -> None:
    path = path.format(trigger=zendesk.store.all("triggers")[0]["id"])
    key = "audits" if "audits" in path else "trigger_revisions"
    client, rows, following = Client(zendesk), [], path
    while following:
        page = client.get(following)
        rows += page[key]
        following = page["before_url"]
    assert rows == zendesk.expected("GET", "/api/v2/" + path.split("?")[0])
    times = [row["created_at"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert client.get(page["after_url"])[key] != page[key]


def test_a_sample_has_fifty_rows_at_most(zendesk: Emulator) -> None:
    assert Client(zendesk).get(f"incremental/tickets/sample{START}")["count"] == 50


def test_a_search_export_cursor_expires_after_an_hour(zendesk: Emulator) -> None:
    client = Client(zendesk)
    page = client.get("search/export?filter[type]=ticket&query=*&page[size]=100")
    zendesk.clock.advance(minutes=61)
    assert client.get_response(page["links"]["next"]).json()["error"] == "InvalidCursor"


def test_a_hundred_thousand_tickets_are_ready_in_seconds() -> None:
    with Emulator(tickets=100_000) as big:
        page = Client(big).get(f"incremental/tickets/cursor{START}")
        assert len(page["tickets"]) == 1000
        assert page["end_of_stream"] is False
