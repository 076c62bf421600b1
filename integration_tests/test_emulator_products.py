"""Behavior of the emulator specific to products other than Support."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.data.clock import epoch_of

Json = dict[str, Any]
TALK = "/api/v2/channels/voice/stats/incremental/calls"
EVENTS = "/api/v2/tickets/side_conversations/events"


LISTED = Path(__file__).resolve().parents[2] / "shared" / "zendesk-api" / "beyond.csv"
ELSEWHERE = (
    "sell_search", "qa", "wfm", "ai_agents", "chat", "status", "sunshine_legacy",
)  # fmt: skip
"""Products with separate hosts or credentials."""
UNPUBLISHED = {
    "/api/v2/reporting/queue_*", "/v2/appointments", "/v2/sequence_enrollments", "/v2/sync/{session_id}/queues/main",
}  # fmt: skip
"""Paths without a documented response, and the queue of a Sync API client, which a read changes."""


@pytest.mark.skipif(not LISTED.exists(), reason="the list of the products' endpoints is not here")
def test_every_support_endpoint_is_served() -> None:
    with LISTED.open() as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "GET" and row["product"] not in ELSEWHERE]
    rows = [row for row in rows if row["product"] != "messaging" or row["path"].startswith("/api/v2/tickets")]
    paths = {row["path"].removeprefix("https://api.getbase.com") for row in rows}
    served = {re.sub("{[^}]*}", "{}", endpoint.path) for endpoint in endpoints() if endpoint.method == "GET"}
    assert {path for path in paths if re.sub("{[^}]*}", "{}", path) not in served} == UNPUBLISHED


zendesk = account_fixture(scope="module")
small = account_fixture(rows=12, tickets=30)


def get(zendesk: Emulator, path: str, query: Json | None = None, host: str = "") -> requests.Response:
    login = zendesk.account.login
    headers = {"Host": host} if host else {}
    auth = (f"{login.email}/token", login.api_token)
    return requests.get(zendesk.base_url + path, params=query, auth=auth, headers=headers, timeout=120)


def test_the_last_page_of_calls_has_a_next_page(zendesk: Emulator) -> None:
    body = get(zendesk, TALK, {"start_time": 0}).json()
    assert (body["count"], len(body["calls"])) == (230, 230)
    again = get(zendesk, body["next_page"].removeprefix(zendesk.base_url)).json()
    assert again["count"] >= 1
    assert again["next_page"] == body["next_page"]
    assert again["end_time"] == body["end_time"]


def test_a_page_of_calls_has_a_thousand_rows() -> None:
    with Emulator(rows=1100, tickets=1) as zendesk:
        first = get(zendesk, TALK, {"start_time": 0}).json()
        rest = get(zendesk, TALK, {"start_time": first["end_time"]}).json()
    assert first["count"] == 1000
    assert rest["count"] < 1000
    assert len({row["id"] for row in first["calls"] + rest["calls"]}) == 1100


def crawl_events(zendesk: Emulator, start: int = 0) -> tuple[list[Json], list[Json]]:
    pages, path = [], f"{EVENTS}?start_time={start}"
    while path:
        pages.append(get(zendesk, path).json())
        path = (pages[-1]["next_page"] or "").removeprefix(zendesk.base_url)
    return pages, [row for page in pages for row in page["events"]]


def test_side_conversation_events_repeat_the_second_between_pages(zendesk: Emulator) -> None:
    pages, rows = crawl_events(zendesk)
    expected = zendesk.expected("GET", EVENTS)
    assert {row["id"] for row in rows} == {row["id"] for row in expected}
    assert len(pages) > 2
    assert pages[0]["events"][-1] in pages[1]["events"]
    assert pages[-1]["end_time"] > epoch_of(pages[-1]["events"][-1]["created_at"])
    assert all("." in row["created_at"] for row in rows)


def test_a_side_conversation_has_the_time_of_its_last_event(zendesk: Emulator) -> None:
    for row in zendesk.store.all("side_conversations")[:20]:
        events = zendesk.store.children("side_conversation_events", side_conversation_id=row["id"])
        assert row["updated_at"] == max(event["created_at"] for event in events)
        assert {event["ticket_id"] for event in events} == {row["ticket_id"]}


def test_some_side_conversations_are_an_empty_403(zendesk: Emulator) -> None:
    response = get(zendesk, "/api/v2/tickets/9/side_conversations")
    assert (response.status_code, response.content) == (403, b"")
    deleted = zendesk.store.tickets.deleted_ids()[0]
    assert get(zendesk, f"/api/v2/tickets/{deleted}/side_conversations").status_code == 404


def test_survey_responses_filter_by_milliseconds_in_pages_of_fifty(zendesk: Emulator) -> None:
    path = "/api/v2/guide/survey_responses"
    assert get(zendesk, path, {"page[size]": 51}).status_code == 400
    half = epoch_of("2024-09-01T00:00:00Z")
    found = get(zendesk, path, {"filter[created_at_start]": half * 1000}).json()["survey_responses"]
    seconds = get(zendesk, path, {"filter[created_at_start]": half}).json()["survey_responses"]
    assert len(found) == len(seconds) == 50
    assert all(epoch_of(row["answers"][0]["created_at"]) >= half for row in found)
    assert epoch_of(seconds[0]["answers"][0]["created_at"]) < half


def test_only_messaging_tickets_have_a_log(zendesk: Emulator) -> None:
    log = get(zendesk, "/api/v2/tickets/1/conversation_log", {"page[size]": 100}).json()
    assert (len(log["events"]), log["meta"]["has_more"]) == (100, True)
    assert get(zendesk, "/api/v2/tickets/2/conversation_log").json()["events"] == []
    conversation = log["events"][0]["id"].partition("-")[0]
    ticket = get(zendesk, f"/api/v2/tickets/messaging/conversations/{conversation}/ticket").json()["ticket"]
    assert (ticket["id"], ticket["via"]["channel"]) == (1, "native_messaging")


def test_availabilities_include_their_channels_and_the_first_work_items_of_each(zendesk: Emulator) -> None:
    body = get(zendesk, "/api/v2/agent_availabilities", {"page[size]": 10}).json()
    named = {one["id"] for row in body["data"] for one in row["relationships"]["channels"]["data"]}
    channels = [one for one in body["included"] if one["type"] == "channels"]
    assert {one["id"] for one in channels} == named
    assert body["meta"]["has_more"] is True
    listed = [one["relationships"]["work_items"] for one in channels]
    items = {one["id"] for one in body["included"] if one["type"] == "work_items"}
    assert items == {one["id"] for each in listed for one in each["data"]}
    agent = body["data"][0]["attributes"]["agent_id"]
    for channel, each in zip(channels[:3], listed, strict=False):
        path = f"/api/v2/agent_availabilities/{agent}/channels/{channel['attributes']['name']}/relationships/work_items"
        every = [row["id"] for row in zendesk.expected("GET", path)]
        assert [one["id"] for one in each["data"]] == every[:3]
        assert (each["meta"]["has_more"], bool(each["links"]["next"])) == (len(every) > 3, len(every) > 3)
        assert channel["attributes"]["work_item_count"] == len(every)


def test_approvals_have_their_own_cursor_fields(zendesk: Emulator) -> None:
    rows: list[Json] = []
    cursor = None
    while rows == [] or cursor:
        body = get(zendesk, "/api/v2/approval_requests", {"after_cursor": cursor} if cursor else None).json()
        rows += body["approval_requests"]
        cursor = body["after_cursor"]
        assert "meta" not in body
    assert rows == zendesk.expected("GET", "/api/v2/approval_requests")
    assert len(rows) == 230


def test_an_asset_cost_is_a_number_or_an_amount_with_currency(zendesk: Emulator) -> None:
    kinds = {type(row["purchase_cost"]) for row in zendesk.store.all("itam_assets")}
    assert kinds == {float, dict, type(None)}


def test_jira_links_have_no_page_links(zendesk: Emulator) -> None:
    body = get(zendesk, "/api/v2/jira/links", {"page[size]": 100}).json()
    assert isinstance(body["links"], list)
    assert set(body) == {"links", "meta"}


def test_invocations_are_filtered_by_time(zendesk: Emulator) -> None:
    webhook = zendesk.store.all("webhooks")[0]["id"]
    path = f"/api/v2/webhooks/{webhook}/invocations"
    everything = zendesk.store.children("webhook_invocations", webhook_id=webhook)
    since = sorted(row["latest_completed_at"] for row in everything)[200]
    found = get(zendesk, path, {"filter[from_ts]": since}).json()["invocations"]
    assert {row["id"] for row in found} == {r["id"] for r in everything if r["latest_completed_at"] >= since}


SECRETS = [
    ("/api/v2/webhooks", "webhooks", "signing_secret"),
    ("/api/v2/webhooks", "webhooks", "authentication"),
    ("/api/v2/oauth/clients", "clients", "secret"),
    ("/api/v2/oauth/tokens", "tokens", "token"),
    ("/api/v2/oauth/tokens", "tokens", "refresh_token"),
]


@pytest.mark.parametrize(("path", "key", "field"), SECRETS)
def test_rows_contain_secrets_to_redact(path: str, key: str, field: str, zendesk: Emulator) -> None:
    assert any(row[field] for row in get(zendesk, path).json()[key])


def test_the_access_log_has_pages_of_a_thousand(zendesk: Emulator) -> None:
    body = get(zendesk, "/api/v2/access_logs", {"page[size]": 1000}).json()
    assert len(body["access_logs"]) == 230
    middle = sorted(row["timestamp"] for row in body["access_logs"])[115]
    window = {"filter[start]": middle, "filter[end]": middle}
    assert {row["timestamp"] for row in get(zendesk, "/api/v2/access_logs", window).json()["access_logs"]} == {middle}


@pytest.mark.parametrize("status", [402, 403, 404])
def test_a_refused_product_returns_its_configured_status(status: int, small: Emulator) -> None:
    small.options.refused_products = {"talk": status}
    assert get(small, TALK, {"start_time": 0}).status_code == status
    assert get(small, "/api/v2/webhooks").status_code == 200


def test_agents_cannot_read_admin_endpoints(small: Emulator) -> None:
    small.options.role = "agent"
    assert get(small, EVENTS).status_code == 403
    assert get(small, "/api/v2/engagements").status_code == 200


HOME, OTHER, CLOSED = "acme.zendesk.com", "brand3.zendesk.com", "brand2.zendesk.com"
ARTICLES = "/api/v2/help_center/incremental/articles"
PER_BRAND = {
    "help_center/articles": "articles", "help_center/votes": "votes", "community/posts": "posts",
}  # fmt: skip
OF_ACCOUNT = {
    "guide/content_tags": "records", "guide/medias": "records", "help_center/user_segments": "user_segments",
}  # fmt: skip


@pytest.mark.parametrize(("path", "key"), PER_BRAND.items())
def test_each_brand_serves_its_own_content(path: str, key: str, small: Emulator) -> None:
    home, other = (small.expected("GET", f"/api/v2/{path}", host) for host in (HOME, OTHER))
    assert home
    assert other
    assert not {row["id"] for row in home} & {row["id"] for row in other}
    for host, rows in ((HOME, home), (OTHER, other), ("", home)):
        assert get(small, f"/api/v2/{path}", host=host).json()[key] == rows
    assert get(small, f"/api/v2/{path}", host=CLOSED).status_code == 404


@pytest.mark.parametrize(("path", "key"), OF_ACCOUNT.items())
def test_each_help_center_serves_the_rows_of_the_account(path: str, key: str, small: Emulator) -> None:
    rows = small.expected("GET", f"/api/v2/{path}")
    assert rows
    for host in (HOME, OTHER, ""):
        assert get(small, f"/api/v2/{path}", host=host).json()[key] == rows
    assert get(small, f"/api/v2/{path}", host=CLOSED).status_code == 404


def test_a_brand_shows_no_article_of_another(small: Emulator) -> None:
    row = small.expected("GET", "/api/v2/help_center/articles", OTHER)[0]
    path = f"/api/v2/help_center/articles/{row['id']}"
    assert get(small, path, host=OTHER).json()["article"] == row
    assert get(small, path, host=HOME).status_code == 404
    assert get(small, f"{path}/comments", host=HOME).status_code == 404


def test_brands_contain_has_help_center(zendesk: Emulator) -> None:
    brands = zendesk.store.all("brands")
    assert [row["subdomain"] for row in brands if row["has_help_center"]] == ["acme", "brand3"]
    assert brands[2]["brand_url"] == "https://brand3.zendesk.com"


def test_an_unknown_host_is_not_found(small: Emulator) -> None:
    for host in ("nobody.zendesk.com", "acme.example.com"):
        for path in ("/api/v2/help_center/articles", "/api/v2/users/me"):
            assert get(small, path, host=host).status_code == 404
    assert get(small, "/api/v2/users/me", host=CLOSED).status_code == 200


def test_the_article_export_ends_without_next_page_or_list(zendesk: Emulator) -> None:
    body = get(zendesk, ARTICLES, {"start_time": 0}).json()
    assert (body["count"], body["next_page"]) == (230, None)
    assert "end_of_stream" not in body
    nothing = get(zendesk, ARTICLES, {"start_time": body["end_time"] + 1}).json()
    assert nothing == {"count": 0, "next_page": None, "end_time": 1}


def test_the_article_export_has_pages_of_a_thousand() -> None:
    with Emulator(rows=1050, tickets=1) as zendesk:
        body = get(zendesk, ARTICLES, {"start_time": 0}).json()
        rest = get(zendesk, body["next_page"].removeprefix(zendesk.base_url)).json()
        ids = {row["id"] for row in body["articles"] + rest["articles"]}
    assert body["count"] >= 1000
    assert rest["next_page"] is None
    assert len(ids) == 1050


def test_articles_include_translations_on_request(zendesk: Emulator) -> None:
    rows = get(zendesk, ARTICLES, {"start_time": 0, "include": "translations"}).json()["articles"]
    listed = zendesk.expected("GET", f"/api/v2/help_center/articles/{rows[1]['id']}/translations")
    assert rows[1]["translations"] == listed
    assert sum(len(row["translations"]) for row in rows) > 230
    assert "translations" not in get(zendesk, ARTICLES, {"start_time": 0}).json()["articles"][0]


def test_an_article_has_a_translation_for_each_locale(zendesk: Emulator) -> None:
    german = zendesk.expected("GET", "/api/v2/help_center/de/articles")
    assert {row["locale"] for row in german} == {"de"}
    path = f"/api/v2/help_center/articles/{german[1]['id']}/translations/de"
    assert german[1]["title"] == get(zendesk, path).json()["translation"]["title"]


ITEMS = [
    ("Article", "/api/v2/help_center/articles/{0}/votes", "articles", ""),
    ("Comment", "/api/v2/help_center/articles/{1}/comments/{0}/votes", "article_comments", "source_id"),
    ("Post", "/api/v2/community/posts/{0}/votes", "posts", ""),
    ("PostComment", "/api/v2/community/posts/{1}/comments/{0}/votes", "post_comments", "post_id"),
]


@pytest.mark.parametrize(("kind", "path", "collection", "parent"), ITEMS)
def test_the_vote_list_contains_votes_of_every_item(
    kind: str, path: str, collection: str, parent: str, zendesk: Emulator
) -> None:
    votes = [vote for vote in zendesk.expected("GET", "/api/v2/help_center/votes") if vote["item_type"] == kind]
    rows = [zendesk.store.get(collection, item) or {} for item in {vote["item_id"] for vote in votes}]
    nested = [vote for row in rows for vote in zendesk.expected("GET", path.format(row["id"], row.get(parent)))]
    assert {vote["id"] for vote in nested} == {vote["id"] for vote in votes}
    assert sum(row["vote_count"] for row in rows) == len(votes) > 0


def test_posts_contain_their_comment_count(zendesk: Emulator) -> None:
    posts = zendesk.expected("GET", "/api/v2/community/posts")
    counted = {row["id"]: row["comment_count"] for row in posts}
    assert 0 in counted.values()
    for identifier in list(counted)[:5]:
        path = f"/api/v2/community/posts/{identifier}/comments"
        assert len(zendesk.expected("GET", path)) == counted[identifier]


def test_a_search_requires_a_criterion(small: Emulator) -> None:
    path = "/api/v2/help_center/articles/search"
    assert get(small, path).status_code == 400
    assert get(small, path, {"query": "*"}).json()["count"] == 12


RECORDS = "/api/v2/incremental/custom_objects/object_1/cursor"


def test_the_record_export_contains_deletions_and_ends_by_meta(zendesk: Emulator) -> None:
    rows, path = [], f"{RECORDS}?start_time=0&per_page=100"
    while path:
        body = get(zendesk, path).json()
        rows += body["custom_object_records"]
        path = (body["after_url"] or "").removeprefix(zendesk.base_url)
        assert body["meta"]["has_more"] == bool(path)
        assert "end_of_stream" not in body
    assert rows == zendesk.expected("GET", RECORDS)
    deleted = [row for row in rows if row["name"] == "[DELETED]"]
    assert 0 < len(deleted) < len(rows)
    assert all(set(row["custom_object_fields"].values()) == {"[DELETED]"} for row in deleted)
    remaining = zendesk.expected("GET", f"{RECORDS}?filter[exclude_deleted]=true")
    assert len(remaining) == len(rows) - len(deleted) == 230


def test_a_deleted_record_is_exported_after_its_cursor(small: Emulator) -> None:
    small.clock.freeze()
    body = get(small, RECORDS, {"start_time": 0}).json()
    victim = next(row for row in body["custom_object_records"] if row["name"] != "[DELETED]")
    small.store.delete("custom_object_records", victim["id"])
    small.clock.advance(minutes=2)
    again = get(small, RECORDS, {"cursor": body["meta"]["after_cursor"]}).json()
    assert [(row["id"], row["name"]) for row in again["custom_object_records"]] == [(victim["id"], "[DELETED]")]
    assert get(small, RECORDS, {"start_time": int(small.clock.epoch()) - 30}).status_code == 400


def test_files_are_not_json(zendesk: Emulator) -> None:
    response = get(zendesk, "/api/v2/channels/voice/greetings/voicemail_0/upload")
    assert response.status_code == 200
    assert "json" not in response.headers["content-type"]


def send(zendesk: Emulator, method: str, path: str, body: Json | None = None) -> requests.Response:
    login = zendesk.account.login
    auth = (f"{login.email}/token", login.api_token)
    return requests.request(method, zendesk.base_url + path, json=body, auth=auth, timeout=120)


def test_group_users_match_the_memberships(zendesk: Emulator) -> None:
    group = zendesk.store.all("group_memberships")[0]["group_id"]
    members = zendesk.expected("GET", f"/api/v2/groups/{group}/memberships")
    users = zendesk.expected("GET", f"/api/v2/groups/{group}/users")
    assert {row["id"] for row in users} <= {row["user_id"] for row in members}
    assert users
    assert get(zendesk, f"/api/v2/groups/{group}/users/count").json()["count"]["value"] == len(users)


LINKED = [
    ("organization_id", "/api/v2/organizations/{}/tickets"),
    ("assignee_id", "/api/v2/users/{}/tickets/assigned"),
    ("requester_id", "/api/v2/users/{}/tickets/requested"),
]


@pytest.mark.parametrize(("field", "path"), LINKED)
def test_related_tickets_reference_their_owner(field: str, path: str, zendesk: Emulator) -> None:
    tickets = zendesk.store.tickets
    rows = [row for i in tickets.ids() if (row := tickets.get(i))]
    wanted = next(row[field] for row in rows if row[field])
    found = {row["id"] for row in zendesk.expected("GET", path.format(wanted))}
    assert found == {row["id"] for row in rows if row[field] == wanted}


def test_ticket_metric_events_match_the_export(zendesk: Emulator) -> None:
    export = zendesk.expected("GET", "/api/v2/incremental/ticket_metric_events?include_changes=true")
    listed = zendesk.expected("GET", "/api/v2/tickets/3/metric_events")
    assert listed
    assert listed == [row for row in export if row["ticket_id"] == 3]


def test_one_list_contains_the_skips_of_all_users(zendesk: Emulator) -> None:
    rows = zendesk.expected("GET", "/api/v2/skips")
    assert len(rows) > 230
    assert {row["user_id"] for row in rows} == {row["user_id"] for row in zendesk.store.all("ticket_skips")}


def test_tags_of_users_and_organizations_can_change(small: Emulator) -> None:
    user = small.store.all("users")[0]["id"]
    path = f"/api/v2/users/{user}/tags"
    assert send(small, "POST", path, {"tags": ["a", "b"]}).json() == {"tags": ["a", "b"]}
    assert send(small, "PUT", path, {"tags": ["c"]}).json() == {"tags": ["a", "b", "c"]}
    assert send(small, "DELETE", path, {"tags": ["b"]}).status_code == 204
    assert get(small, path).json() == {"tags": ["a", "c"]}


def test_merging_an_organization_moves_its_users_and_deletes_it(small: Emulator) -> None:
    loser, winner = (row["id"] for row in small.store.all("organizations")[:2])
    path = f"/api/v2/organizations/{loser}"
    moved = {row["id"] for row in small.store.children("users", organization_id=loser)}
    merge = send(small, "POST", f"{path}/merge", {"organization_merge": {"winner_id": winner}}).json()
    assert moved <= {row["id"] for row in small.store.children("users", organization_id=winner)}
    assert get(small, path).status_code == 404
    shown = get(small, f"/api/v2/organization_merges/{merge['organization_merge']['id']}").json()
    assert shown == merge


def test_a_put_replaces_the_statuses_of_a_form(small: Emulator) -> None:
    form = small.store.all("ticket_forms")[0]["id"]
    path = f"/api/v2/ticket_forms/{form}/ticket_form_statuses"
    made = send(small, "PUT", path, {"ticket_form_status": [{"custom_status_id": 7}]}).json()["ticket_form_statuses"]
    assert small.expected("GET", path) == made
    assert send(small, "DELETE", path).status_code == 204
    assert small.expected("GET", path) == []


def test_updating_a_webhook_returns_no_body(small: Emulator) -> None:
    path = f"/api/v2/webhooks/{small.store.all('webhooks')[0]['id']}"
    response = send(small, "PATCH", path, {"webhook": {"name": "Renamed"}})
    assert (response.status_code, response.content) == (204, b"")
    assert get(small, path).json()["webhook"]["name"] == "Renamed"


def test_help_center_calls_have_their_own_rate_limit(small: Emulator) -> None:
    small.limits.set(requests_per_minute=2)
    paths = ("/api/v2/users", "/api/v2/help_center/articles")
    left = [get(small, path).headers["ratelimit-remaining"] for path in (*paths, *paths)]
    assert left == ["1", "1", "0", "0"]
    assert [get(small, path).status_code for path in paths] == [429, 429]
