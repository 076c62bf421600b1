"""Chat: exports by time with five minutes of grace, lists by id, and credentials of its own."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

import pytest
import requests

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import iso
from integration_tests.harness import Result, Row, State, run, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk import times
from source_zendesk.manifest import Manifest

INCREMENTAL = "/api/v2/chat/incremental"
TIMES = {
    "chats": "update_timestamp", "agent_timeline": "start_time", "agent_events": "timestamp",
    "conversions": "timestamp", "department_events": "timestamp",
}  # fmt: skip
"""The exports, and the time by which each is sorted."""
GRACE, PAGE, SECOND = 300, 100, 1_000_000
STREAMS = sorted(
    each.name for each in Manifest.load().endpoints.values() if each.options.account == "chat" and each.is_readable
)
every_export = pytest.mark.parametrize("name", TIMES)


zendesk = account_fixture(seed=3, rows=230, tickets=30, frozen=True)


def table(name: str) -> str:
    """The rows of an export in the emulator."""
    return name if name == "chats" else f"chat_{name}"


def key_of(name: str, row: Row) -> Any:
    return (row["agent_id"], row["start_time"]) if name == "agent_timeline" else row["id"]


def keys(name: str, rows: list[Row]) -> list[Any]:
    return sorted(key_of(name, row) for row in rows)


def read(zendesk: Emulator, *names: str, state: State | None = None) -> Result:
    result = sync(zendesk.config(export_page_size=PAGE), names, state)
    assert result.errors == []
    return result


def add(zendesk: Emulator, name: str, seconds_ago: float, **fields: Any) -> Row:
    """A new row of an export with a time in the past."""
    at = iso(int(zendesk.clock.epoch() - seconds_ago))
    return zendesk.store.create(table(name), None, **{TIMES[name]: at}, **fields)


def queries(zendesk: Emulator, name: str) -> list[dict[str, list[str]]]:
    return [sent.query for sent in zendesk.requests_to(f"{INCREMENTAL}/{name}")]


def get(zendesk: Emulator, name: str, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {zendesk.account.login.product_token('chat')}"}
    return requests.get(f"{zendesk.base_url}{INCREMENTAL}/{name}", params, headers=headers, timeout=10)


# exports


@every_export
def test_a_second_run_has_the_new_rows_only(name: str, zendesk: Emulator) -> None:
    first = read(zendesk, name)
    assert keys(name, first.records[name]) == keys(name, zendesk.store.all(table(name)))
    zendesk.clock.advance(hours=2)
    new = add(zendesk, name, 3_600)
    second = read(zendesk, name, state=first.state)
    assert keys(name, second.records[name]) == [key_of(name, new)]
    third = read(zendesk, name, state=second.state)
    assert third.records[name] == []


@every_export
def test_each_page_but_the_last_has_as_many_rows_as_requested(name: str, zendesk: Emulator) -> None:
    read(zendesk, name)
    assert [query["limit"] for query in queries(zendesk, name)] == [[str(PAGE)]] * 3


def test_a_changed_and_a_deleted_chat_are_read_again(zendesk: Emulator) -> None:
    first = read(zendesk, "chats")
    changed, deleted, *_ = (row["id"] for row in first.records["chats"] if not row["deleted"])
    zendesk.clock.advance(hours=1)
    at = iso(int(zendesk.clock.epoch()) - 600)
    zendesk.store.update("chats", changed, rating="good", update_timestamp=at)
    zendesk.store.update("chats", deleted, deleted=True, update_timestamp=at)
    second = {row["id"]: row for row in read(zendesk, "chats", state=first.state).records["chats"]}
    assert second.keys() == {changed, deleted}
    assert second[changed]["rating"] == "good"
    assert second[deleted]["deleted"] is True


@every_export
def test_a_start_in_the_last_five_minutes_is_never_requested(name: str, zendesk: Emulator) -> None:
    """A full page ends one minute ago: the rest is left to the next run."""
    for number in range(PAGE + 30):
        add(zendesk, name, 400 - 3 * number)
    first = read(zendesk, name)
    assert {sent.status for sent in zendesk.requests} == {200}
    missing = set(keys(name, zendesk.store.all(table(name)))) - set(keys(name, first.records[name]))
    zendesk.clock.advance(minutes=10)
    second = read(zendesk, name, state=first.state)
    assert missing <= set(keys(name, second.records[name]))
    assert {sent.status for sent in zendesk.requests} == {200}


@every_export
def test_zendesk_refuses_a_start_in_the_last_five_minutes(name: str, zendesk: Emulator) -> None:
    unit, now = SECOND if name == "agent_timeline" else 1, int(zendesk.clock.epoch())
    assert get(zendesk, name, start_time=(now - GRACE + 2) * unit).status_code == 400
    assert get(zendesk, name, start_time=(now - GRACE - 2) * unit).status_code == 200


@every_export
def test_a_row_that_appears_late_in_the_last_five_minutes_is_read(name: str, zendesk: Emulator) -> None:
    add(zendesk, name, 5)
    first = read(zendesk, name)
    late = add(zendesk, name, 200)
    zendesk.clock.advance(hours=1)
    second = read(zendesk, name, state=first.state)
    assert keys(name, second.records[name]) == [key_of(name, late)]


class Timeline:
    """The export of timespans, sorted and filtered by their `start`, or by the time of their change: their `end`.

    A timespan appears when it ends. One agent has a timespan every ten minutes, the other a single long one.
    """

    def __init__(self, order: str, hours: int) -> None:
        self.end = times.now() - 600
        self.order, self.visible_until = order, self.end - 1800
        short = [(1, self.end - 600 * number, 600) for number in range(1, 300)]
        self.spans = sorted([*short, (2, self.end - hours * 3600, hours * 3600)], key=self.position)

    def position(self, span: tuple[int, int, int]) -> int:
        _, start, seconds = span
        return start + (seconds if self.order == "end" else 0)

    def __call__(self, arrived: RecordedRequest) -> Reply:
        start, limit = int(arrived.query["start_time"]) / SECOND, int(arrived.query["limit"])
        visible = [span for span in self.spans if span[1] + span[2] <= self.visible_until]
        page = [span for span in visible if self.position(span) >= start][:limit]
        rows = [{"agent_id": agent, "start_time": iso(begin), "duration": seconds} for agent, begin, seconds in page]
        end = self.position(page[-1]) * SECOND if page else arrived.query["start_time"]
        next_page = f"https://acme.zendesk.com{arrived.path}?limit={limit}&start_time={end}"
        return Reply(body={"agent_timeline": rows, "count": len(rows), "end_time": end, "next_page": next_page})


@pytest.mark.parametrize("order", ["start", "end"])
@pytest.mark.parametrize("hours", [2, 12, 23])
def test_a_long_timespan_is_read_by_whichever_time_chat_filters(order: str, hours: int) -> None:
    timeline = Timeline(order, hours)
    with RecordingServer(timeline) as chat:
        login = {"credentials": "access_token", "access_token": "a-token"}
        config = chat.config() | {"chat": login, "export_page_size": PAGE}
        first = sync(config, ["agent_timeline"])
        timeline.visible_until = timeline.end
        second = sync(config, ["agent_timeline"], first.state)
        third = sync(config, ["agent_timeline"], second.state)
    runs = [[key_of("agent_timeline", row) for row in run.records["agent_timeline"]] for run in (first, second, third)]
    assert {*runs[0], *runs[1]} == {(agent, iso(start)) for agent, start, _ in timeline.spans}
    assert all(len(keys) == len(set(keys)) for keys in runs)
    assert 2 in {agent for agent, _ in runs[1]}
    # By the end, the first timespan may have begun before the day that is read again.
    assert len(runs[2]) <= (order == "end")


def test_a_state_ahead_of_the_present_is_no_error(zendesk: Emulator) -> None:
    ahead = int(zendesk.clock.epoch()) - 10
    for name in TIMES:
        state = {"stream_descriptor": {"name": name}, "stream_state": {TIMES[name]: ahead}}
        read(zendesk, name, state=[{"type": "STREAM", "stream": state}])
    assert {sent.status for sent in zendesk.requests} == {200}


@every_export
def test_a_second_with_more_rows_than_a_page_is_read_whole(name: str, zendesk: Emulator) -> None:
    at = iso(int(zendesk.clock.epoch()) - 7_200)[:-1]
    for number in range(2 * PAGE + 7):
        time = f"{at}.{number:06}Z" if name == "agent_timeline" else f"{at}Z"
        zendesk.store.create(table(name), None, **{TIMES[name]: time})
    result = read(zendesk, name)
    assert keys(name, result.records[name]) == keys(name, zendesk.store.all(table(name)))


def test_a_time_with_more_timespans_than_a_page_is_an_error_that_names_it(zendesk: Emulator) -> None:
    at = iso(int(zendesk.clock.epoch()) - 7_200)
    for number in range(PAGE + 7):
        zendesk.store.create("chat_agent_timeline", None, start_time=at, agent_id=number)
    result = sync(zendesk.config(export_page_size=PAGE), ["agent_timeline", "departments"])
    assert result.statuses["departments"][-1] == "COMPLETE"
    assert "rows have the time" in result.stream_errors["agent_timeline"]


def test_only_the_timeline_is_requested_in_microseconds(zendesk: Emulator) -> None:
    read(zendesk, *TIMES)
    for name in TIMES:
        starts = [float(query["start_time"][0]) for query in queries(zendesk, name)]
        assert len(starts) == 3
        assert all((start > 10**15) == (name == "agent_timeline") for start in starts)
        assert starts == sorted(starts)


def test_the_timeline_keeps_its_microseconds(zendesk: Emulator) -> None:
    at = iso(int(zendesk.clock.epoch()) - 7_200)[:-1]
    starts = [f"{at}.{micros:06}Z" for micros in (0, 1, 999_999)]
    for start in starts:
        zendesk.store.create("chat_agent_timeline", None, start_time=start, agent_id=7)
    records = read(zendesk, "agent_timeline").records["agent_timeline"]
    assert [row["start_time"] for row in records if row["agent_id"] == 7] == starts


@every_export
def test_all_fields_are_requested(name: str, zendesk: Emulator) -> None:
    records = read(zendesk, name).records[name]
    (shown,) = {frozenset(row) for row in get(zendesk, name, start_time=0).json()[name]}
    if name == "agent_events":
        assert shown == set(records[0])
    else:
        assert shown <= {"id", "agent_id", "start_time"}
        assert shown < set(records[0])


# lists


@pytest.mark.parametrize("name", ["agents", "bans"])
def test_a_list_by_id_is_read_in_full_by_each_run(name: str, zendesk: Emulator) -> None:
    first = read(zendesk, name)
    rows = zendesk.store.all(f"chat_{name}")
    changed = {"display_name": "Ada"} if name == "agents" else {"reason": "spam"}
    zendesk.store.update(f"chat_{name}", rows[3]["id"], **changed)
    zendesk.store.delete(f"chat_{name}", rows[5]["id"])
    second = {row["id"]: row for row in read(zendesk, name, state=first.state).records[name]}
    assert second.keys() == {row["id"] for row in rows} - {rows[5]["id"]}
    assert second[rows[3]["id"]].items() >= changed.items()


def test_bans_of_both_lists_are_read_across_pages(zendesk: Emulator) -> None:
    records = read(zendesk, "bans").records["bans"]
    assert {row["type"] for row in records} == {"visitor", "ip_address"}
    assert sorted(row["id"] for row in records) == sorted(row["id"] for row in zendesk.store.all("chat_bans"))
    starts = [int(sent.query["since_id"][0]) for sent in zendesk.requests_to("/api/v2/chat/bans")]
    assert len(starts) > 2
    assert starts == sorted(set(starts))


class Bans:
    """Two lists from an id on; `limit` counts the bans of each list, or of both, by id or the visitors first."""

    def __init__(self, counted: str) -> None:
        self.counted = counted
        self.bans: list[Row] = [{"id": n, "type": "visitor" if n % 3 else "ip_address"} for n in range(1, 500)]

    def __call__(self, arrived: RecordedRequest) -> Reply:
        since, limit = int(arrived.query["since_id"]), int(arrived.query["limit"])
        found = [ban for ban in self.bans if ban["id"] >= since]
        if self.counted == "both by id":
            found = found[:limit]
        lists = {kind: [ban for ban in found if ban["type"] == kind] for kind in ("visitor", "ip_address")}
        if self.counted == "visitors first":
            visitors = lists["visitor"][: 2 * limit // 3]
            lists = {"visitor": visitors, "ip_address": lists["ip_address"][: limit - len(visitors)]}
        return Reply(body={kind: bans[:limit] for kind, bans in lists.items()})


@pytest.mark.parametrize("counted", ["each list", "both by id", "visitors first"])
def test_each_ban_is_emitted_once_whatever_the_limit_counts(counted: str) -> None:
    bans = Bans(counted)
    with RecordingServer(bans) as chat:
        login = {"credentials": "access_token", "access_token": "a-token"}
        result = sync(chat.config() | {"chat": login}, ["bans"])
    assert result.errors == []
    assert sorted(row["id"] for row in result.records["bans"]) == [ban["id"] for ban in bans.bans]


def test_the_visitors_of_changed_chats_are_read_again(zendesk: Emulator) -> None:
    first = read(zendesk, "visitors")
    assert keys("visitors", first.records["visitors"]) == keys("visitors", zendesk.store.all("chat_visitors"))
    zendesk.clock.advance(hours=1)
    chat = zendesk.store.all("chats")[7]
    zendesk.store.update("chats", chat["id"], update_timestamp=iso(int(zendesk.clock.epoch()) - 600))
    zendesk.store.update("chat_visitors", chat["visitor"]["id"], banned=True)
    zendesk.clear_requests()
    second = read(zendesk, "visitors", state=first.state)
    assert [(row["id"], row["banned"]) for row in second.records["visitors"]] == [(chat["visitor"]["id"], True)]
    assert len(zendesk.requests) == 2


# credentials


def test_a_wrong_token_leaves_support_untouched(zendesk: Emulator) -> None:
    config = zendesk.config()
    config["chat"] = {"credentials": "access_token", "access_token": "not-the-token-of-chat"}
    result = sync(config, [*STREAMS, "groups", "tickets"])
    assert {name for name, statuses in result.statuses.items() if statuses[-1] == "COMPLETE"} == {"groups", "tickets"}
    assert result.stream_errors.keys() == set(STREAMS)
    assert all("`chat.access_token`" in error for name, error in result.stream_errors.items() if name != "visitors")
    emitted = {row["id"] for row in result.records["groups"]}
    assert {row["id"] for row in zendesk.expected("GET", "/api/v2/groups")} <= emitted
    assert "not-the-token-of-chat" not in json.dumps(result.messages)


def test_a_token_that_expires_during_a_sync_fails_the_streams_of_chat_only(zendesk: Emulator) -> None:
    def expire() -> None:
        if len(zendesk.requests_to(f"{INCREMENTAL}/chats")) == 2:
            zendesk.account.login.replaced_tokens["chat"] = "the-next-token"

    config = zendesk.config(export_page_size=PAGE)
    zendesk.account.before_response = expire
    first = sync(config, ["chats", "groups", "organizations"])
    assert first.statuses["chats"][-1] == "INCOMPLETE"
    assert "check `chat.access_token`" in first.stream_errors["chats"]
    assert [first.statuses[name][-1] for name in ("groups", "organizations")] == ["COMPLETE", "COMPLETE"]
    assert first.records["chats"]
    second = sync(zendesk.config(export_page_size=PAGE), ["chats"], first.state)
    emitted = {row["id"] for row in [*first.records["chats"], *second.records["chats"]]}
    assert emitted == {row["id"] for row in zendesk.store.all("chats")}


class ChatServer:
    """Chat with an OAuth client; its first token expires after the first request."""

    def __init__(self) -> None:
        self.forms: list[str] = []

    def __call__(self, arrived: RecordedRequest) -> Reply:
        if arrived.path == "/oauth2/chat/token":
            self.forms.append(arrived.content.decode())
            return Reply(body={"access_token": f"issued-token-{len(self.forms)}", "token_type": "Bearer"})
        if arrived.headers["Authorization"] != f"Bearer issued-token-{len(self.forms)}":
            return Reply(401, {"error": "Unauthorized", "description": "The server could not verify you"})
        if len(self.forms) == 1 and "departments" not in arrived.path:
            return Reply(401, {"error": "invalid_token"})
        return Reply(body=[{"id": 1}])


def test_client_credentials_get_tokens_of_chat_and_renew_them() -> None:
    server = ChatServer()
    with RecordingServer(server) as chat:
        client = {"credentials": "client_credentials", "client_id": "a-client", "client_secret": "its-secret"}
        config = chat.config() | {"chat": client}
        result = sync(config, ["departments", "skills"])
    assert result.errors == []
    assert [result.records[name] for name in ("departments", "skills")] == [[{"id": 1}], [{"id": 1}]]
    assert len(server.forms) == 2
    assert all("grant_type=client_credentials" in form and "scope=read" in form for form in server.forms)


def test_a_refused_client_fails_the_streams_of_chat_by_name() -> None:
    def refuse(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/oauth2/chat/token":
            return Reply(401, {"error": "invalid_client"})
        return Reply(body={"groups": [], "meta": {"has_more": False}})

    with RecordingServer(refuse) as chat:
        client = {"credentials": "client_credentials", "client_id": "a-client", "client_secret": "its-secret"}
        config = chat.config() | {"chat": client}
        result = sync(config, ["departments", "groups"])
    assert "`chat.client_id`" in result.stream_errors["departments"]
    assert result.statuses["groups"][-1] == "COMPLETE"


def test_an_account_without_support_signs_in_with_email_and_password() -> None:
    expected = base64.b64encode(b"ada@example.com:the-password").decode()
    with RecordingServer(lambda _: Reply(body=[{"id": 1}])) as chat:
        login = {"credentials": "basic", "email": "ada@example.com", "password": "the-password"}
        result = sync(chat.config() | {"chat": login}, ["departments"])
        assert [arrived.headers["Authorization"] for arrived in chat.requests] == [f"Basic {expected}"]
    assert result.records["departments"] == [{"id": 1}]


def test_check_requests_the_departments_of_chat(zendesk: Emulator) -> None:
    assert run("check", config=zendesk.config()).connection_status == {"status": "SUCCEEDED"}
    (request,) = zendesk.requests_to("/api/v2/chat/departments")
    assert request.headers["authorization"] == "Bearer chat-token"
    assert request.headers["host"] == "acme.zendesk.com"


class OldHost:
    """Chat at the host before October 2024, whose paths have no `/chat`."""

    host = "www.zopim.com"
    replies: ClassVar[Row] = {"/api/v2/departments": [{"id": 1}], "/oauth2/token": {"access_token": "issued"}}

    def __init__(self) -> None:
        self.hosts: set[str] = set()

    def __call__(self, arrived: RecordedRequest) -> Reply:
        self.hosts.add(arrived.headers["Host"])
        return Reply(body=self.replies[arrived.path]) if arrived.path in self.replies else Reply(404)


@pytest.mark.parametrize(
    "login",
    [
        {"credentials": "access_token", "access_token": "issued"},
        {"credentials": "client_credentials", "client_id": "a-client", "client_secret": "its-secret"},
    ],
    ids=lambda login: login["credentials"],
)
def test_the_old_host_is_used_only_if_the_configuration_names_it(login: Row) -> None:
    """Without `host`, requests have the account's own host, and the documented paths, which this server refuses."""
    server = OldHost()
    with RecordingServer(server) as chat:
        result = sync(chat.config() | {"chat": {**login, "host": OldHost.host}}, ["departments"])
        assert (result.errors, result.records["departments"]) == ([], [{"id": 1}])
        assert server.hosts == {OldHost.host}
        server.hosts.clear()
        failed = sync(chat.config() | {"chat": login}, ["departments"])
        assert failed.statuses["departments"][-1] == "INCOMPLETE"
        assert server.hosts == {"acme.zendesk.com"}


@pytest.mark.parametrize("host", ["zopim.com", "https://www.zopim.com", "example.com"])
def test_no_other_host_gets_the_token(host: str, zendesk: Emulator) -> None:
    config = zendesk.config()
    config["chat"] = {**config["chat"], "host": host}
    result = sync(config, ["departments", "groups"])
    assert "`chat.host`: expected" in result.stream_errors["departments"]
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert all("chat" not in sent.headers["authorization"] for sent in zendesk.requests)


@pytest.mark.parametrize("body", ["<html><title>Sign in</title></html>", "pong"])
def test_a_host_that_answers_something_else_fails_the_streams_of_chat_by_name(body: str, zendesk: Emulator) -> None:
    with RecordingServer(lambda _: Reply(body=body)) as other:
        config = zendesk.config()
        config["chat"] = {**config["chat"], "base_url": other.base_url}
        result = sync(config, ["chats", "departments", "agents", "groups"])
        status = run("check", config=config).connection_status
    assert result.stream_errors.keys() == {"chats", "departments", "agents"}
    assert all(name in error for name, error in result.stream_errors.items())
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert status["status"] == "FAILED"
    assert status["message"].startswith("`chat`: ")
