"""Zendesk Sell: numbered lists without a mark of their end, and the Firehose, which forgets events."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from urllib3.util import SKIP_HEADER

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of
from integration_tests.emulator.http.sell_oauth import CLIENT, REFRESH_TOKEN, SELL_TOKENS
from integration_tests.emulator.products.sell.firehose import RESOURCE_OF
from integration_tests.expected_rows import coerced
from integration_tests.harness import Result, Row, State, run, sync
from integration_tests.interrupted_syncs import state_positions, truncated
from integration_tests.run_twice import TwoRuns, run_twice
from source_zendesk.manifest import Endpoint, Manifest

SELL = [entry for entry in Manifest.load().endpoints.values() if entry.options.account == "sell"]
LISTS = [entry for entry in SELL if entry.cursor_field and entry.family in ("sell_list", "sell_changed_list")]
SORTED = [entry for entry in LISTS if entry.family == "sell_changed_list"]
EVENTS = [entry for entry in SELL if entry.family == "firehose"]
WITH_DELETIONS = [entry for entry in LISTS if entry.options.deletions_in]
PAGE, ROWS = 100, 220

each_list = pytest.mark.parametrize("entry", LISTS, ids=lambda entry: entry.name)
each_sorted_list = pytest.mark.parametrize("entry", SORTED, ids=lambda entry: entry.name)
each_event_stream = pytest.mark.parametrize("entry", EVENTS, ids=lambda entry: entry.name)


def ids(result: Result, stream: str) -> list[Any]:
    return [row["id"] for row in result.records[stream]]


def pages(zendesk: Emulator, path: str) -> list[str]:
    """The requested page numbers of a list, in order."""
    return [request.query.get("page", ["1"])[-1] for request in zendesk.requests if request.path == path]


class Account:
    """Two runs of all streams; between them, each list gets a new row, a changed row and a deletion."""

    def __init__(self, zendesk: Emulator) -> None:
        self.zendesk, self.changed, self.deleted = zendesk, dict[str, list[Any]](), dict[str, Any]()
        zendesk.clock.freeze()
        self.runs: TwoRuns = run_twice(zendesk, [entry.name for entry in (*LISTS, *EVENTS)], self._change)

    def _change(self) -> None:
        store = self.zendesk.store
        self.zendesk.clock.advance(hours=1)
        for entry in LISTS:
            first, second, *_ = (row["id"] for row in store.all(entry.name))
            changed = [] if entry.cursor_field == "created_at" else [store.update(entry.name, first)["id"]]
            self.changed[entry.name] = [*changed, store.create(entry.name)["id"]]
            if entry in WITH_DELETIONS:
                store.delete(entry.name, second)
                self.deleted[entry.name] = second


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        yield Account(zendesk)


@each_list
def test_a_second_run_emits_the_new_and_the_changed_records(entry: Endpoint, account: Account) -> None:
    store, second = account.zendesk.store, account.runs.second
    expected = [coerced(entry, store.get(entry.name, identifier) or {}) for identifier in account.changed[entry.name]]
    emitted = {row["id"]: row for row in second.records[entry.name]}
    assert_same_rows([emitted.pop(row["id"]) for row in expected], expected)
    # The rows of the minute before the newest one of the first run are emitted again.
    newest = max(filter(None, (row[entry.cursor_field] for row in account.runs.first.records[entry.name])))
    assert all(epoch_of(row[entry.cursor_field]) >= epoch_of(newest) - 60 for row in emitted.values())
    assert second.statuses[entry.name][-1] == "COMPLETE"


@each_sorted_list
def test_a_second_run_requests_only_the_newest_changes(entry: Endpoint, account: Account) -> None:
    first, second = (runs["GET", entry.path] for runs in account.runs.requests)
    # Without a count, a list is read until two passes agree. A pass ends with the first page without a new row.
    assert sum(first.values()) == 2 * 3
    assert sum(second.values()) == 2 * 2
    assert all(("sort_by", "updated_at:desc") in query for _, query in second)


@each_event_stream
def test_a_second_run_emits_the_events_since_the_first(entry: Endpoint, account: Account) -> None:
    resource = entry.path.split("/")[2]
    lists = [name for name in account.changed if RESOURCE_OF.get(name) == resource]
    changes = {identifier for name in lists for identifier in account.changed[name]}
    deletions = {account.deleted[name] for name in lists if name in account.deleted}
    events = account.runs.second.records[entry.name]
    assert {event["data"]["id"] for event in events if event["event_type"] != "deleted"} == changes
    assert {event["data"]["id"] for event in events if event["event_type"] == "deleted"} == deletions
    assert len(events) == len(changes) + len(deletions)
    known = {event["event_id"] for event in account.runs.first.records[entry.name]}
    assert len(known) == ROWS
    assert not known & {event["event_id"] for event in events}


@pytest.mark.parametrize("entry", WITH_DELETIONS, ids=lambda entry: entry.name)
def test_the_stream_of_deletions_has_the_deletion(entry: Endpoint, account: Account) -> None:
    events = account.runs.second.records[entry.options.deletions_in]
    tombstone = Manifest.load().endpoints[entry.options.deletions_in].options.tombstone
    deleted = {event["data"]["id"] for event in events if tombstone.items() <= event.items()}
    assert account.deleted[entry.name] in deleted


@pytest.mark.parametrize(("rows", "requests"), [(1, 1), (24, 1), (25, 2), (100, 2), (101, 2), (200, 3)])
def test_a_list_ends_with_the_first_page_that_cannot_be_full(rows: int, requests: int) -> None:
    with Emulator(seed=1, rows=rows, tickets=1) as zendesk:
        result = sync(zendesk.config(), ["sell_contacts"])
        assert len(set(ids(result, "sell_contacts"))) == len(ids(result, "sell_contacts")) == rows
        read = pages(zendesk, "/v2/contacts")
        passes = 1 if requests == 1 else 2
        assert read == [str(number + 1) for number in range(requests)] * passes


def test_conversions_beyond_the_last_page_are_read_by_cursor(zendesk: Emulator) -> None:
    for _ in range(250):
        zendesk.store.create("sell_lead_conversions")
    result = sync(zendesk.config(), ["sell_lead_conversions"])
    assert len(set(ids(result, "sell_lead_conversions"))) == 262
    sent = [request.query for request in zendesk.requests if request.path == "/v2/lead_conversions"]
    assert ["cursor" in query for query in sent] == [False, True, True]


def change_during_read(zendesk: Emulator, path: str, change: Callable[[], object]) -> None:
    """Apply a change before the response to the second request of a list."""

    def apply() -> None:
        if change in pending and len(pages(zendesk, path)) == 1:
            pending.remove(change)
            change()

    pending = [change]
    zendesk.account.before_response = apply


@each_sorted_list
@pytest.mark.parametrize("effect", ["delete", "update"])
def test_a_change_during_the_first_read_loses_no_record(entry: Endpoint, effect: str) -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        first, *others = (row["id"] for row in zendesk.store.all(entry.name))
        change_during_read(zendesk, entry.path, lambda: getattr(zendesk.store, effect)(entry.name, first))
        result = sync(zendesk.config(), [entry.name])
        assert set(ids(result, entry.name)) == {first, *others}
        assert result.warnings == []


def change_during_each_pass(zendesk: Emulator, path: str, change: Callable[[], object]) -> None:
    """Apply a change in each pass over a list, between the responses with its first two pages."""

    def apply() -> None:
        if len(read := pages(zendesk, path)) > len(seen):
            seen.extend(read[len(seen) :])
            if read[-1] == "1":
                change()

    seen: list[str] = []
    zendesk.account.before_response = apply


BUSY = [entry for entry in LISTS if "id:asc" in entry.options.query.values()]


@pytest.mark.parametrize("entry", BUSY, ids=lambda entry: entry.name)
@pytest.mark.parametrize("effect", ["create", "delete"])
def test_only_deletions_in_each_pass_cause_a_third_pass_and_a_warning(entry: Endpoint, effect: str) -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        store, first = zendesk.store, [row["id"] for row in zendesk.store.all(entry.name)]
        victims = iter(first)
        changes = {
            "create": lambda: store.create(entry.name),
            "delete": lambda: store.delete(entry.name, next(victims)),
        }
        change_during_each_pass(zendesk, entry.path, changes[effect])
        result = sync(zendesk.config(), [entry.name])
        assert set(ids(result, entry.name)) >= set(first)
        assert pages(zendesk, entry.path) == ["1", "2", "3"] * (2 if effect == "create" else 3)
        assert [line for line in result.warnings if "rows may be missing" in line] == result.warnings
        assert bool(result.warnings) == (effect == "delete")


@each_sorted_list
@pytest.mark.parametrize("effect", ["create", "update", "delete"])
def test_only_deletions_in_each_pass_of_a_later_read_cause_a_warning(entry: Endpoint, effect: str) -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        store = zendesk.store
        state = sync(zendesk.config(), [entry.name]).state
        zendesk.clock.advance(hours=1)
        changed = [store.update(entry.name, row["id"])["id"] for row in store.all(entry.name)[:150]]
        zendesk.clear_requests()
        newest = reversed(changed)
        changes = {
            "create": lambda: store.create(entry.name),
            "update": lambda: store.update(entry.name, changed[70]),
            "delete": lambda: store.delete(entry.name, next(newest)),
        }
        change_during_each_pass(zendesk, entry.path, changes[effect])
        result = sync(zendesk.config(), [entry.name], state)
        assert set(ids(result, entry.name)) >= {row["id"] for row in store.all(entry.name)} & {*changed}
        assert pages(zendesk, entry.path).count("1") == (3 if effect == "delete" else 2)
        assert any("rows may be missing" in line for line in result.warnings) == (effect == "delete")


def test_a_deletion_during_a_later_read_loses_no_change() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        state = sync(zendesk.config(), ["sell_deals"]).state
        zendesk.clock.advance(hours=1)
        changed = [row["id"] for row in zendesk.store.all("sell_deals")[:150]]
        for identifier in changed:
            zendesk.store.update("sell_deals", identifier)
        zendesk.clear_requests()
        newest = changed[-1]
        change_during_read(zendesk, "/v2/deals", lambda: zendesk.store.delete("sell_deals", newest))
        assert set(ids(sync(zendesk.config(), ["sell_deals"], state), "sell_deals")) >= {*changed} - {newest}


class InterruptedRead:
    """Runs of one list that end after some pages each, with changes between the runs."""

    def __init__(self, zendesk: Emulator, entry: Endpoint, state: State | None = None) -> None:
        self.zendesk, self.entry, self.state = zendesk, entry, state
        self.rows: dict[Any, Row] = {}
        self.runs: list[Result] = []

    def run(self, emitted_pages: int) -> Result:
        """A run that is killed after so many states."""
        result = sync(self.zendesk.config(), [self.entry.name], self.state)
        count = len(result.states)
        self.state = result.state_after(min(emitted_pages, count))
        kept = result if emitted_pages >= count else truncated(result, state_positions(result)[emitted_pages - 1])
        self.rows |= {row["id"]: row for row in kept.records[self.entry.name]}
        self.runs.append(kept)
        return kept

    def is_complete(self) -> bool:
        return "page" not in self.runs[-1].state_of(self.entry.name)


NUMBERED = [entry for entry in LISTS if entry.name != "sell_lead_conversions"]


@pytest.mark.parametrize("entry", NUMBERED, ids=lambda entry: entry.name)
def test_a_read_that_is_interrupted_after_each_page_ends(entry: Endpoint) -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        read = InterruptedRead(zendesk, entry)
        while not read.runs or not read.is_complete():
            zendesk.clear_requests()
            read.run(1)
            assert len(read.runs) <= 6
        assert len(read.runs) == 6
        assert_same_rows(list(read.rows.values()), [coerced(entry, row) for row in zendesk.store.all(entry.name)])


@each_sorted_list
@pytest.mark.parametrize("pages_of_runs", [(1, 9), (4, 9), (2, 1, 9), (1, 3, 9)])
def test_an_interrupted_read_loses_no_row_by_deletions_and_changes(
    entry: Endpoint, pages_of_runs: tuple[int, ...]
) -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        store, read = zendesk.store, InterruptedRead(zendesk, entry)
        for number, count in enumerate(pages_of_runs):
            read.run(count)
            if number + 1 < len(pages_of_runs):
                store.delete(entry.name, store.all(entry.name)[3]["id"])
                zendesk.clock.advance(hours=1)
                store.update(entry.name, store.all(entry.name)[0]["id"])
                store.create(entry.name)
        assert read.is_complete()
        read.run(9)
        assert read.is_complete()
        expected = [coerced(entry, row) for row in store.all(entry.name)]
        assert_same_rows([read.rows[row["id"]] for row in expected], expected)


def test_a_state_without_the_passes_starts_the_list_again() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        state = sync(zendesk.config(), ["sell_contacts"]).state_after(2)
        (content,) = [one["stream"]["stream_state"] for one in state]
        assert content["page"]["page"] == 3
        del content["drift"]
        zendesk.clear_requests()
        assert len(ids(sync(zendesk.config(), ["sell_contacts"], state), "sell_contacts")) == ROWS
        assert pages(zendesk, "/v2/contacts") == ["1", "2", "3"] * 2


def test_a_refused_sort_order_reads_the_whole_list(zendesk: Emulator) -> None:
    config, streams = zendesk.config(), ["sell_contacts"]
    state = sync(config, streams).state
    zendesk.clock.advance(hours=1)
    changed = zendesk.store.update("sell_contacts", zendesk.store.all("sell_contacts")[0]["id"])["id"]
    refusal = {"errors": [{"error": {"code": "invalid_param", "details": "sort_by is not valid", "field": "sort_by"}}]}
    zendesk.faults.add("/v2/contacts", status=400, body=json.dumps(refusal))
    result = sync(config, streams, state)
    assert changed in ids(result, "sell_contacts")
    assert len(result.records["sell_contacts"]) < 12
    assert any("refuses the parameters sort_by" in warning for warning in result.warnings)


# The Firehose.

CONTACT_EVENTS = "sell_contacts_events"


def expire(zendesk: Emulator) -> None:
    zendesk.clock.advance(hours=73)


def delete_one(zendesk: Emulator) -> Any:
    identifier = zendesk.store.all("sell_contacts")[0]["id"]
    zendesk.store.delete("sell_contacts", identifier)
    return identifier


def read_again(zendesk: Emulator, state: State) -> Result:
    return sync(zendesk.config(), ["sell_contacts", CONTACT_EVENTS], state)


@pytest.fixture
def state(zendesk: Emulator) -> State:
    """The state of a first run."""
    return sync(zendesk.config(), ["sell_contacts", CONTACT_EVENTS]).state


def test_a_position_of_less_than_72_hours_loses_no_event(zendesk: Emulator, state: State) -> None:
    deleted = delete_one(zendesk)
    zendesk.clock.advance(hours=71)
    result = read_again(zendesk, state)
    assert [event["data"]["id"] for event in result.records[CONTACT_EVENTS]] == [deleted]
    assert result.warnings == []


def test_an_older_position_starts_at_the_oldest_event_with_a_warning(zendesk: Emulator, state: State) -> None:
    lost = delete_one(zendesk)
    changed = zendesk.store.update("sell_contacts", zendesk.store.all("sell_contacts")[0]["id"])["id"]
    expire(zendesk)
    kept = zendesk.store.create("sell_contacts")["id"]
    result = read_again(zendesk, state)
    assert [event["data"]["id"] for event in result.records[CONTACT_EVENTS]] == [kept]
    assert set(ids(result, "sell_contacts")) >= {changed, kept}
    assert lost not in ids(result, "sell_contacts")
    (warning,) = [line for line in result.warnings if "older than the 72 hours" in line]
    assert warning.startswith(f"Stream {CONTACT_EVENTS}: ")
    assert "contain all changes, but no deletions" in warning
    assert result.statuses[CONTACT_EVENTS][-1] == "COMPLETE"
    again = read_again(zendesk, result.state)
    assert again.records[CONTACT_EVENTS] == []
    assert again.warnings == []


def test_a_deletion_between_the_list_and_its_events_is_emitted(zendesk: Emulator) -> None:
    """The streams of a sync start in any order, so the first read of events starts before the list."""
    listed = sync(zendesk.config(), ["sell_contacts"])
    deleted = delete_one(zendesk)
    events = sync(zendesk.config(), [CONTACT_EVENTS]).records[CONTACT_EVENTS]
    assert deleted in ids(listed, "sell_contacts")
    assert [event["data"]["id"] for event in events if event["event_type"] == "deleted"] == [deleted]


def test_an_interrupted_read_resumes_at_the_position_of_its_last_page() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        first = sync(zendesk.config(), [CONTACT_EVENTS])
        rest = sync(zendesk.config(), [CONTACT_EVENTS], first.state_after(1))
        known = {event["event_id"] for event in first.records[CONTACT_EVENTS][:PAGE]}
        assert {event["event_id"] for event in rest.records[CONTACT_EVENTS]} | known == {
            event["event_id"] for event in first.records[CONTACT_EVENTS]
        }
        assert len(rest.records[CONTACT_EVENTS]) == ROWS - PAGE


def test_without_the_plan_the_events_are_skipped_by_name_and_the_lists_are_read(zendesk: Emulator) -> None:
    refusal = {"errors": [{"error": {"code": "insufficient_scope", "details": "Firehose needs the root user."}}]}
    zendesk.faults.add("/v3/contacts/stream", status=403, times=9, body=json.dumps(refusal))
    result = sync(zendesk.config(), ["sell_contacts", CONTACT_EVENTS])
    assert len(result.records["sell_contacts"]) == 12
    assert result.statuses[CONTACT_EVENTS][-1] == "COMPLETE"
    (warning,) = [line for line in result.warnings if CONTACT_EVENTS in line]
    assert "Firehose needs the root user." in warning


# Credentials, headers and rate limits.


def oauth(**more: Any) -> Row:
    client_id, client_secret = CLIENT
    secrets = {"client_id": client_id, "client_secret": client_secret, "refresh_token": REFRESH_TOKEN}
    return {"credentials": "oauth2_refresh", **secrets, **more}


def grants(zendesk: Emulator) -> list[Any]:
    return [request for request in zendesk.requests if request.path == SELL_TOKENS]


def test_a_refresh_token_is_exchanged_with_the_client_in_the_header(
    zendesk: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    result = sync(zendesk.config(sell=oauth()), ["sell_contacts", "sell_deals", "groups"])
    assert result.errors == []
    assert len(result.records["sell_deals"]) == 12
    (grant,) = grants(zendesk)
    assert base64.b64decode(grant.headers["authorization"].removeprefix("Basic ")).decode() == ":".join(CLIENT)
    assert grant.body == f"grant_type=refresh_token&refresh_token={REFRESH_TOKEN}".encode()
    assert grant.headers["host"] == "api.getbase.com"
    (printed,) = [line for line in capsys.readouterr().out.splitlines() if '"CONTROL"' in line]
    config = json.loads(printed)["control"]["connectorConfig"]["config"]
    assert config["sell"]["access_token"] == zendesk.account.login.product_token("sell")
    assert "access_token" not in config["credentials"]


def test_an_access_token_that_expires_during_the_sync_is_renewed() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1) as zendesk:
        zendesk.account.login.replaced_tokens["sell"] = "first-token"
        change_during_read(
            zendesk, "/v2/contacts", lambda: zendesk.account.login.replaced_tokens.update(sell="another-token")
        )
        block = oauth(access_token="first-token", token_expiry_date="2099-01-01T00:00:00Z")
        result = sync(zendesk.config(sell=block), ["sell_contacts"])
        assert result.errors == []
        assert len(result.records["sell_contacts"]) == ROWS
        assert len(grants(zendesk)) == 1


def test_a_refused_client_fails_the_streams_of_sell_by_name(zendesk: Emulator) -> None:
    result = sync(zendesk.config(sell=oauth() | {"client_secret": "wrong"}), ["sell_contacts", "groups"])
    assert "`sell" in result.stream_errors["sell_contacts"]
    assert result.statuses["groups"][-1] == "COMPLETE"


def test_each_request_has_a_user_agent(zendesk: Emulator) -> None:
    sync(zendesk.config(sell=oauth()), ["sell_account", "sell_contacts", CONTACT_EVENTS])
    assert zendesk.requests
    assert all(request.headers.get("user-agent") for request in zendesk.requests)


def test_the_emulator_refuses_a_request_without_a_user_agent(zendesk: Emulator) -> None:
    token = zendesk.account.login.product_token("sell")
    headers = {"Authorization": f"Bearer {token}", "Host": "api.getbase.com", "User-Agent": SKIP_HEADER}
    response = requests.get(f"{zendesk.base_url}/v2/contacts", headers=headers, timeout=60)
    assert response.status_code == 400
    assert "invalid_user_agent" in response.text


def test_no_request_exceeds_the_documented_rate() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1, rate_limits=True) as zendesk:
        # The connector's window is a hundredth of a second here.
        zendesk.limits.sell.window = 0.005
        result = sync(zendesk.config(num_workers=20), [entry.name for entry in LISTS])
        assert all(statuses[-1] == "COMPLETE" for statuses in result.statuses.values())
        assert [request.path for request in zendesk.requests if request.status == 429] == []


def test_a_token_that_others_use_too_is_read_to_the_end() -> None:
    with Emulator(seed=1, rows=ROWS, tickets=1, rate_limits=True) as zendesk:
        zendesk.limits.sell.total, zendesk.limits.sell.window = 1, 0.05
        result = sync(zendesk.config(num_workers=10), ["sell_contacts", "sell_deals", "sell_leads", "sell_notes"])
        assert {len(rows) for rows in result.records.values()} == {ROWS}
        assert any(request.status == 429 for request in zendesk.requests)
        assert result.errors == []


# The end of Sell.

DAY_BEFORE, FIRST_DAY = 1_801_439_999, 1_801_440_000
"""The last second of January 2027, and the first of February."""


@pytest.mark.parametrize(("now", "is_due"), [(DAY_BEFORE, False), (FIRST_DAY, True)])
def test_check_warns_of_the_end_of_sell(
    now: int, *, is_due: bool, quiet_zendesk: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_zendesk.times.now", lambda: now)
    result = run("check", config=quiet_zendesk.config())
    status = result.connection_status
    assert status["status"] == "SUCCEEDED"
    assert ("Zendesk ends Sell on 2027-08-31" in status.get("message", "")) is is_due
    assert any("Zendesk ends Sell on 2027-08-31" in warning for warning in result.warnings) is is_due


def test_check_does_not_warn_without_the_block(quiet_zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zendesk.times.now", lambda: FIRST_DAY)
    assert "message" not in run("check", config=quiet_zendesk.config(sell=None)).connection_status


def test_custom_fields_are_one_page(zendesk: Emulator) -> None:
    for _ in range(120):
        zendesk.store.create("sell_deal_custom_fields")
    assert len(sync(zendesk.config(), ["sell_deal_custom_fields"]).records["sell_deal_custom_fields"]) == 132
    (request,) = [request for request in zendesk.requests if request.path == "/v2/deal/custom_fields"]
    assert request.query == {}


def test_a_missing_scope_skips_the_stream_with_the_reason(zendesk: Emulator) -> None:
    refusal = {"errors": [{"error": {"code": "insufficient_scope", "details": "The token lacks profile."}}]}
    zendesk.faults.add("/v2/users", status=403, times=9, body=json.dumps(refusal))
    result = sync(zendesk.config(), ["sell_users", "sell_pipelines"])
    assert result.statuses["sell_users"][-1] == "COMPLETE"
    (warning,) = [line for line in result.warnings if "sell_users" in line]
    assert "The token lacks profile." in warning
