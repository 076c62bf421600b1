"""Fields that change without the cursor field: lists that are read in full anyway emit all their rows."""

from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

COUNTERS: dict[str, Row] = {
    "posts": {"vote_sum": 41, "vote_count": 43, "comment_count": 47, "follower_count": 53},
    "topics": {"follower_count": 53},
    "article_comments": {"vote_sum": 41, "vote_count": 43},
    "post_comments": {"vote_sum": 41, "vote_count": 43},
    "list_articles": {"vote_sum": 41, "vote_count": 43},
    "trigger_categories": {"active_count": 41, "inactive_count": 43},
    "custom_roles": {"team_member_count": 41},
}
TABLES = {"list_articles": "articles"}


zendesk = account_fixture(scope="module", seed=3, rows=8, tickets=4)


def second_run(zendesk: Emulator, first: Result, *streams: str, **options: Any) -> Result:
    """A run an hour later, when all rows are older than the state."""
    zendesk.clock.advance(hours=1)
    zendesk.clear_requests()
    return sync(zendesk.config(**options), streams, first.state)


def change(zendesk: Emulator, stream: str, row: Row, **changes: Any) -> None:
    """Change a row without its `updated_at`."""
    zendesk.store.update(TABLES.get(stream, stream), row["id"], **changes, updated_at=row["updated_at"])


@pytest.mark.parametrize("stream", COUNTERS)
def test_a_counter_that_changes_alone_is_emitted(stream: str, zendesk: Emulator) -> None:
    first = sync(zendesk.config(), [stream])
    row = min(first.records[stream], key=lambda each: str(each["updated_at"]))
    change(zendesk, stream, row, **COUNTERS[stream])
    second = second_run(zendesk, first, stream)
    assert [each for each in second.records[stream] if each["id"] == row["id"]] == [{**row, **COUNTERS[stream]}]
    assert len(second.records[stream]) == len(first.records[stream])
    assert second.state_of(stream).keys() == first.state_of(stream).keys()


def test_children_of_unchanged_parents_are_not_requested_again(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["posts", "show_post"])
    change(zendesk, "posts", first.records["posts"][0], vote_sum=61)
    second = second_run(zendesk, first, "posts", "show_post")
    assert len(second.records["posts"]) == len(first.records["posts"])
    assert len(second.records["show_post"]) < len(first.records["show_post"]) / 2


def test_a_list_with_sideloads_is_emitted_in_full(zendesk: Emulator) -> None:
    sideloads = {"sideloads": [{"stream": "group_memberships", "include": ["users"]}]}
    first = sync(zendesk.config(**sideloads), ["group_memberships"])
    user = min(first.records["group_memberships"], key=lambda each: str(each["updated_at"]))["user_id"]
    zendesk.store.update("users", user, name="Renamed")
    second = second_run(zendesk, first, "group_memberships", **sideloads)
    names = {each["name"] for row in second.records["group_memberships"] for each in row["sideloads"]["users"]}
    assert "Renamed" in names
    assert len(second.records["group_memberships"]) == len(first.records["group_memberships"])


def test_a_list_without_sideloads_emits_its_changes(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), ["group_memberships"])
    second = second_run(zendesk, first, "group_memberships")
    assert len(second.records["group_memberships"]) < len(first.records["group_memberships"]) / 2


@pytest.mark.parametrize("stream", ["categories", "sections"])
def test_translations_that_change_alone_are_emitted(stream: str) -> None:
    translations = [{"id": 5, "locale": "de", "title": "Alt"}]

    def respond(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/api/v2/brands":
            brand = {"id": 1, "subdomain": "acme", "has_help_center": True, "brand_url": "https://acme.zendesk.com"}
            return Reply(body={"brands": [brand], "meta": {"has_more": False}})
        row = {"id": 7, "updated_at": "2024-05-01T00:00:00Z", "translations": [*translations]}
        newer = {"id": 8, "updated_at": "2025-05-01T00:00:00Z", "translations": []}
        return Reply(body={stream: [row, newer], "meta": {"has_more": False}})

    with RecordingServer(respond) as recorder:
        first = sync(recorder.config(), [stream])
        translations[0] = {**translations[0], "title": "Neu"}
        second = sync(recorder.config(), [stream], first.state)
    assert [row["translations"][0]["title"] for row in second.records[stream] if row["id"] == 7] == ["Neu"]


def test_an_export_does_not_emit_an_article_again_for_its_votes(zendesk: Emulator) -> None:
    """Votes may not move the export of articles; `list_articles` contains them."""
    first = sync(zendesk.config(), ["articles"])
    oldest = min(first.records["articles"], key=lambda each: str(each["updated_at"]))
    change(zendesk, "articles", oldest, vote_sum=67)
    second = second_run(zendesk, first, "articles")
    assert oldest["id"] not in [row["id"] for row in second.records["articles"]]
