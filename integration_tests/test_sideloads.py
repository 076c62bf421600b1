"""Configured sideloads are joined to the records that reference them."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import discover, run, sync
from integration_tests.samples import sample
from source_zendesk.manifest import Manifest

Row = dict[str, Any]
ENTRIES = Manifest.load().endpoints
PEOPLE = ("requester_id", "submitter_id", "assignee_id")


zendesk = account_fixture(scope="module", seed=11, rows=30, tickets=60)


def with_sideloads(zendesk: Emulator, stream: str, *include: str, **more: Any) -> dict[str, Any]:
    return {**zendesk.config(), "sideloads": [{"stream": stream, "include": list(include)}], **more}


def ids(rows: list[Row]) -> set[int]:
    return {row["id"] for row in rows}


def test_a_ticket_contains_only_its_referenced_users_and_groups(zendesk: Emulator) -> None:
    tickets = sync(with_sideloads(zendesk, "tickets", "users", "groups"), ["tickets"]).records["tickets"]
    living = [ticket for ticket in tickets if ticket["status"] != "deleted"]
    assert living
    for ticket in living:
        named = {ticket[field] for field in PEOPLE} | {*ticket["collaborator_ids"], *ticket["follower_ids"]}
        assert ids(ticket["sideloads"]["users"]) == {*named, *ticket["email_cc_ids"]} - {None}
        assert ids(ticket["sideloads"]["groups"]) == {ticket["group_id"]} - {None}


def test_sideloads_do_not_change_other_fields(zendesk: Emulator) -> None:
    plain = sync(zendesk.config(), ["tickets"]).records["tickets"]
    joined = sync(with_sideloads(zendesk, "tickets", "users"), ["tickets"]).records["tickets"]
    assert [{name: value for name, value in row.items() if name != "sideloads"} for row in joined] == plain


def test_translations_stay_in_an_article_with_a_sideloaded_author(zendesk: Emulator) -> None:
    articles = sync(with_sideloads(zendesk, "articles", "users"), ["articles"]).records["articles"]
    assert articles
    assert all(row["translations"] for row in articles)
    assert all(ids(row["sideloads"]["users"]) == {row["author_id"]} for row in articles)


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_metric_sets_are_joined_in_both_shapes(shape: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, metric_sets=shape) as account:
        tickets = sync(with_sideloads(account, "tickets", "metric_sets"), ["tickets"]).records["tickets"]
        owners = {row["id"]: [m["ticket_id"] for m in row["sideloads"]["metric_sets"]] for row in tickets}
        living = {row["id"] for row in tickets if row["status"] != "deleted"}
        assert {owner: found for owner, found in owners.items() if owner in living} == {one: [one] for one in living}


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_tickets_do_not_contain_metrics_read_for_another_stream(shape: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, metric_sets=shape) as account:
        alone = sync(account.config(), ["tickets"]).records["tickets"]
        assert sync(account.config(), ["tickets", "ticket_metrics"]).records["tickets"] == alone


def test_searches_sideload_by_result_type(zendesk: Emulator) -> None:
    inputs = [{"stream": "search", "parameters": {"query": "type:ticket"}}]
    config = with_sideloads(zendesk, "search", "tickets(users)", "tickets(groups)", inputs=inputs)
    rows = sync(config, ["search"]).records["search"]
    assert rows
    assert all(set(row["sideloads"]) == {"users", "groups"} for row in rows)
    assert {request.query["include"][0] for request in zendesk.requests_to("/api/v2/search")} == {
        "tickets(groups,users)"
    }


def test_the_catalog_has_sideload_fields_only_if_configured(zendesk: Emulator) -> None:
    catalog = discover(with_sideloads(zendesk, "tickets", "users"))
    assert "sideloads" in catalog["tickets"]["json_schema"]["properties"]
    assert "sideloads" not in catalog["users"]["json_schema"]["properties"]


def test_a_ticket_contains_its_custom_status(zendesk: Emulator) -> None:
    tickets = sync(with_sideloads(zendesk, "tickets", "custom_statuses"), ["tickets"]).records["tickets"]
    assert any(ticket.get("custom_status_id") for ticket in tickets)
    for ticket in tickets:
        assert ids(ticket["sideloads"]["custom_statuses"]) == {ticket.get("custom_status_id")} - {None}


@pytest.mark.parametrize("stream", ["users", "list_users", "export_users_by_time", "show_many_users"])
def test_a_user_contains_abilities_and_open_ticket_count(zendesk: Emulator, stream: str) -> None:
    config = with_sideloads(zendesk, stream, "abilities", "open_ticket_count")
    users = sync(config, [stream]).records[stream]
    assert len(users) > 20
    for user in users:
        assert [one["user_id"] for one in user["sideloads"]["abilities"]] == [user["id"]]
        assert user["sideloads"]["open_ticket_count"] == len(zendesk.store.tickets.by("assignee_id", user["id"]))


def test_a_group_contains_its_members(zendesk: Emulator) -> None:
    groups = sync(with_sideloads(zendesk, "groups", "users"), ["groups"]).records["groups"]
    members = {group["id"]: ids(group["sideloads"]["users"]) for group in groups}
    assert any(members.values())
    for membership in zendesk.store.all("group_memberships"):
        assert membership["user_id"] in members[membership["group_id"]]


def joinable() -> dict[str, list[str]]:
    """The joinable sideloads of each stream without required inputs."""
    manifest = Manifest.load()
    references = manifest.content["definitions"]["references"]
    found = {
        entry.name: [name for name in entry.options.sideloads if name in references]
        for entry in manifest.endpoints.values()
        if entry.kind == "read"
    }
    return {stream: names for stream, names in found.items() if names}


@pytest.fixture(scope="module")
def sharing() -> Iterator[Emulator]:
    """An account in which every ticket has a sharing agreement."""
    with Emulator(seed=11, rows=12, tickets=24) as account:
        agreement = account.store.all("sharing_agreements")[0]["id"]
        for ticket in account.store.all("tickets"):
            account.store.update("tickets", ticket["id"], sharing_agreement_ids=[agreement])
        account.clock.advance(minutes=5)
        yield account


JOINABLE = sample(joinable().items(), lambda item: (ENTRIES[item[0]].family, *item[1]))


@pytest.mark.parametrize(("stream", "include"), JOINABLE, ids=[stream for stream, _ in JOINABLE])
def test_every_sideload_is_joined_to_a_record(sharing: Emulator, stream: str, include: list[str]) -> None:
    records = sync(with_sideloads(sharing, stream, *include), [stream]).records[stream]
    empty = {name for name in include if all(row["sideloads"][name] in ([], None) for row in records)}
    assert (bool(records), empty) == (True, set())


UNMATCHED = {
    "organizations": "users", "list_organizations": "users", "groups": "group_settings", "ticket_audits": "groups",
    "list_audits_for_ticket": "organizations", "show_ticket_audit": "groups",
}  # fmt: skip


@pytest.mark.parametrize(("stream", "name"), UNMATCHED.items())
def test_a_sideload_without_a_join_key_is_refused(zendesk: Emulator, stream: str, name: str) -> None:
    connection = run("check", config=with_sideloads(zendesk, stream, name)).connection_status
    assert connection["status"] == "FAILED"
    known = joinable().get(stream, ["has no sideloads"])
    assert all(part in connection["message"] for part in ["sideloads[0]", stream, *known])


IGNORED = [
    ("tickets", "users"), ("tickets", "custom_statuses"), ("tickets", "metric_sets"), ("users", "identities"),
    ("users", "abilities"), ("list_users", "organizations"),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "name"), IGNORED)
def test_an_ignored_sideload_is_an_error_that_names_it(stream: str, name: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, ignored_sideloads=frozenset({name})) as account:
        result = sync(with_sideloads(account, stream, name), [stream])
    assert result.statuses[stream][-1] == "INCOMPLETE"
    assert all(part in result.stream_errors[stream] for part in (stream, name, "`sideloads`"))


def test_an_unreferenced_sideload_can_be_absent() -> None:
    with Emulator(seed=11, rows=5, tickets=20, ignored_sideloads=frozenset({"sharing_agreements", "slas"})) as account:
        for ticket in account.store.all("tickets"):
            account.store.update("tickets", ticket["id"], sharing_agreement_ids=[])
        account.clock.advance(minutes=5)
        config = with_sideloads(account, "show_ticket", "sharing_agreements", "slas")
        result = sync(config, ["show_ticket"])
    assert result.statuses["show_ticket"][-1] == "COMPLETE"
    assert {str(row["sideloads"]) for row in result.records["show_ticket"]} == {
        str({"sharing_agreements": [], "slas": []})
    }


HOSTED = [
    # (stream, its sideload, the stream that the error suggests)
    ("ticket_metrics", "metric_sets", "list_ticket_metrics"),
    ("ticket_comments", "comment_events", "list_ticket_comments"),
    ("ticket_attachments", "comment_events", "list_ticket_comments"),
    ("call_recordings", "comment_events", "list_ticket_comments"),
    ("user_identities", "identities", "list_user_identities"),
]


@pytest.mark.parametrize(("stream", "name", "other"), HOSTED)
def test_a_sideload_stream_fails_if_the_response_lacks_it(stream: str, name: str, other: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, ignored_sideloads=frozenset({name})) as account:
        result = sync(account.config(), [stream])
        assert result.statuses[stream][-1] == "INCOMPLETE"
        assert result.records[stream] == []
        assert other in result.stream_errors[stream]
        assert other in Manifest.load().endpoints
        account.options.ignored_sideloads = frozenset()
        again = sync(account.config(), [stream], result.state or None)
    assert again.statuses[stream][-1] == "COMPLETE"
    assert again.records[stream]


def test_deleted_tickets_without_metrics_are_no_error() -> None:
    with Emulator(seed=11, rows=5, tickets=10, ignored_sideloads=frozenset({"metric_sets"})) as account:
        for ticket in account.store.all("tickets"):
            account.store.delete("tickets", ticket["id"])
        account.clock.advance(minutes=5)
        result = sync(account.config(), ["tickets", "ticket_metrics"])
    assert result.statuses["ticket_metrics"][-1] == "COMPLETE"
    assert len(result.records["tickets"]) == 10
    assert result.records["ticket_metrics"] == []
