"""Objects that the configuration wants beside the records that refer to them."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import discover, sync
from source_zendesk.manifest import Manifest

Row = dict[str, Any]
PEOPLE = ("requester_id", "submitter_id", "assignee_id")


@pytest.fixture(scope="module")
def zendesk() -> Iterator[Emulator]:
    with Emulator(seed=11, rows=30, tickets=60) as account:
        yield account


def with_sideloads(zendesk: Emulator, stream: str, *include: str, **more: Any) -> dict[str, Any]:
    return {**zendesk.config(), "sideloads": [{"stream": stream, "include": list(include)}], **more}


def ids(rows: list[Row]) -> set[int]:
    return {row["id"] for row in rows}


def test_a_ticket_has_the_users_and_groups_that_it_names_and_no_others(zendesk: Emulator) -> None:
    tickets = sync(with_sideloads(zendesk, "tickets", "users", "groups"), ["tickets"]).records["tickets"]
    living = [ticket for ticket in tickets if ticket["status"] != "deleted"]
    assert living
    for ticket in living:
        named = {ticket[field] for field in PEOPLE} | {*ticket["collaborator_ids"], *ticket["follower_ids"]}
        assert ids(ticket["sideloads"]["users"]) == {*named, *ticket["email_cc_ids"]} - {None}
        assert ids(ticket["sideloads"]["groups"]) == {ticket["group_id"]} - {None}


def test_sideloads_leave_the_rest_of_a_record_as_it_is(zendesk: Emulator) -> None:
    plain = sync(zendesk.config(), ["tickets"]).records["tickets"]
    joined = sync(with_sideloads(zendesk, "tickets", "users"), ["tickets"]).records["tickets"]
    assert [{name: value for name, value in row.items() if name != "sideloads"} for row in joined] == plain


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_metrics_are_beside_their_ticket_in_either_shape(shape: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, metric_sets=shape) as account:
        tickets = sync(with_sideloads(account, "tickets", "metric_sets"), ["tickets"]).records["tickets"]
        owners = {row["id"]: [m["ticket_id"] for m in row["sideloads"]["metric_sets"]] for row in tickets}
        living = {row["id"] for row in tickets if row["status"] != "deleted"}
        assert {owner: found for owner, found in owners.items() if owner in living} == {one: [one] for one in living}


@pytest.mark.parametrize("shape", ["embedded", "top_level"])
def test_tickets_do_not_show_that_their_metrics_are_read_beside_them(shape: str) -> None:
    with Emulator(seed=11, rows=5, tickets=20, metric_sets=shape) as account:
        alone = sync(account.config(), ["tickets"]).records["tickets"]
        assert sync(account.config(), ["tickets", "ticket_metrics"]).records["tickets"] == alone


def test_searches_sideload_by_kind_of_row(zendesk: Emulator) -> None:
    inputs = [{"stream": "search", "parameters": {"query": "type:ticket"}}]
    config = with_sideloads(zendesk, "search", "tickets(users)", "tickets(groups)", inputs=inputs)
    rows = sync(config, ["search"]).records["search"]
    assert rows
    assert all(set(row["sideloads"]) == {"users", "groups"} for row in rows)
    assert {request.query["include"][0] for request in zendesk.requests_to("/api/v2/search")} == {
        "tickets(groups,users)"
    }


def test_the_catalog_has_a_field_for_them_only_where_they_are_wanted(zendesk: Emulator) -> None:
    catalog = discover(with_sideloads(zendesk, "tickets", "users"))
    assert "sideloads" in catalog["tickets"]["json_schema"]["properties"]
    assert "sideloads" not in catalog["users"]["json_schema"]["properties"]


def test_every_stream_that_documents_sideloads_is_one_of_the_manifest() -> None:
    manifest = Manifest.load()
    assert set(manifest.content["definitions"]["sideloads"]) <= set(manifest.entries)
