"""AI agents: a request for each AI agent and day, files on another host, exports that grow and are kept for 30 days."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.emulator.products.ai_agents.exports import exported_rows
from integration_tests.harness import Result, Row, State, run, sync
from integration_tests.interrupted_syncs import NOW, state_positions, truncated
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply, respond_in_sequence

DAY = 86_400
STREAM, PATH, FILES = "ai_agent_conversations", "/ai-agents/api/data-export/v3/get-signed-urls", "/storage/exports/*"
BLOCK: Row = {
    "credentials": "api_key",
    "api_key": "secret-key",
    "organization_id": "org-1",
    "bot_ids": ["bot-1", "bot-2"],
}
# Zendesk's clock, which is behind this machine's.
NOON = NOW + DAY // 2


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose clock is on 1 January 2026."""
    with Emulator(seed=3, rows=120, tickets=1, now=NOON) as zendesk:
        zendesk.clock.freeze()
        yield zendesk


def bots(zendesk: Emulator) -> list[str]:
    found: list[str] = zendesk.config()["ai_agents"]["bot_ids"]
    return found


def requested_days(zendesk: Emulator) -> dict[str, list[str]]:
    """The days that were requested for each AI agent, in order, without refused requests."""
    found: dict[str, list[str]] = {}
    for request in zendesk.requests_to(PATH):
        if request.status != 400:
            found.setdefault(request.headers["botid"], []).append(request.json()["date"])
    return found


def days(first: str, last: str) -> list[str]:
    return [iso(second)[:10] for second in range(epoch_of(first), epoch_of(last) + 1, DAY)]


def state_of(zendesk: Emulator, day: str) -> State:
    """A state in which this day is the last one of each AI agent."""
    children = {json.dumps({"bot_id": bot}): {"export_date": day} for bot in bots(zendesk)}
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": STREAM}, "stream_state": {"children": children}}}
    ]


def add_conversation(zendesk: Emulator, identifier: str, day: str) -> None:
    end = f"{day}T08:00:00Z"
    zendesk.store.create("ai_agent_conversations", conversation_id=identifier, bot_id=bots(zendesk)[0],
        conversation_start_time=end, conversation_end_time=end)  # fmt: skip


def ids(result: Result) -> list[str]:
    return [row["conversation_id"] for row in result.records[STREAM]]


def test_a_first_read_requests_the_last_30_days_of_each_ai_agent(account: Emulator) -> None:
    result = sync(account.config(), [STREAM])
    assert_same_rows(result.records[STREAM], exported_rows(account.store.all(STREAM)))
    assert requested_days(account) == dict.fromkeys(bots(account), days("2025-12-02", "2025-12-31"))
    assert result.warnings == []
    children = result.state_of(STREAM)["children"]
    assert [json.loads(values)["bot_id"] for values in children] == bots(account)
    assert list(children.values()) == [{"export_date": "2025-12-31"}] * 2


def test_a_first_read_starts_at_start_date(account: Emulator) -> None:
    sync(account.config(start_date="2025-12-20T15:00:00Z"), [STREAM])
    assert requested_days(account) == dict.fromkeys(bots(account), days("2025-12-20", "2025-12-31"))


def test_a_later_read_emits_new_days_and_three_days_that_may_have_grown(account: Emulator) -> None:
    first = sync(account.config(), [STREAM])
    account.clear_requests()
    account.clock.advance(days=1)
    for identifier, day in {"new": "2026-01-01", "late": "2025-12-29", "too late": "2025-12-28"}.items():
        add_conversation(account, identifier, day)
    second = sync(account.config(), [STREAM], first.state)

    expected = days("2025-12-29", "2026-01-01")
    assert requested_days(account) == dict.fromkeys(bots(account), expected)
    assert_same_rows(
        second.records[STREAM],
        [row for row in exported_rows(account.store.all(STREAM)) if row["export_date"] in expected],
    )
    assert {"new", "late"} <= set(ids(second))


def test_a_day_that_has_not_ended_is_not_read(account: Emulator) -> None:
    add_conversation(account, "today", "2026-01-01")
    assert "today" not in ids(sync(account.config(), [STREAM]))


@pytest.mark.parametrize(
    ("last", "lost"),
    [
        ("2020-01-01", "from 2020-01-02 to 2025-12-01 are lost"),
        ("2025-11-30", "from 2025-12-01 to 2025-12-01 are lost"),
        ("2025-12-01", ""),
        ("2025-12-25", ""),
    ],
)
def test_a_state_older_than_30_days_continues_and_the_lost_days_are_named(
    last: str, lost: str, account: Emulator
) -> None:
    result = sync(account.config(), [STREAM], state_of(account, last))
    first = max("2025-12-02", iso(epoch_of(last) - 2 * DAY)[:10])
    assert requested_days(account) == dict.fromkeys(bots(account), days(first, "2025-12-31"))
    assert result.statuses[STREAM][-1] == "COMPLETE"
    assert len(result.warnings) == (2 if lost else 0)
    assert all(lost in warning for warning in result.warnings)
    assert {bot for bot in bots(account) for warning in result.warnings if bot in warning} == set(
        bots(account) if lost else ()
    )


def test_the_oldest_day_is_known_before_a_request(zendesk: Emulator) -> None:
    sync(zendesk.config(), [STREAM], state_of(zendesk, "2020-01-01"))
    assert {request.status for request in zendesk.requests_to(PATH)} <= {200, 404}


def test_an_interrupted_read_resumes_without_loss(account: Emulator) -> None:
    whole = sync(account.config(), [STREAM])
    expected = {row["conversation_id"] for row in account.store.all(STREAM)}
    positions = state_positions(whole)
    assert len(positions) > 4
    for position in positions:
        part = truncated(whole, position)
        account.clear_requests()
        rest = sync(account.config(), [STREAM], part.state)
        assert {*ids(part), *ids(rest)} == expected
        for values, state in part.state_of(STREAM).get("children", {}).items():
            since = max(iso(epoch_of(state["export_date"]) - 2 * DAY)[:10], "2025-12-02")
            requested = requested_days(account).get(json.loads(values)["bot_id"], [])
            is_done = state["export_date"] == "2025-12-31"
            assert requested == days(since, "2025-12-31") or (is_done and not requested)


def test_a_new_ai_agent_is_read_from_the_start(account: Emulator) -> None:
    config, (known, new) = account.config(), bots(account)
    first = sync(config | {"ai_agents": {**config["ai_agents"], "bot_ids": [known]}}, [STREAM])
    account.clear_requests()
    second = sync(config, [STREAM], first.state)
    assert requested_days(account)[known] == days("2025-12-29", "2025-12-31")
    assert requested_days(account)[new] == days("2025-12-02", "2025-12-31")
    assert {row["bot_id"] for row in first.records[STREAM]} == {known}
    assert {*ids(first), *ids(second)} == {row["conversation_id"] for row in account.store.all(STREAM)}


def test_an_item_of_inputs_reads_one_ai_agent(account: Emulator) -> None:
    bot = bots(account)[1]
    result = sync(account.config(inputs=[{"stream": STREAM, "parameters": {"bot_id": bot}}]), [STREAM])
    expected = [row for row in exported_rows(account.store.all(STREAM)) if row["bot_id"] == bot]
    assert_same_rows(result.records[STREAM], expected)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 302])
def test_a_refused_address_is_requested_again(status: int, account: Emulator) -> None:
    account.faults.add(FILES, status=status, after=3, headers={"Location": "/storage/elsewhere"})
    result = sync(account.config(), [STREAM])
    assert_same_rows(result.records[STREAM], exported_rows(account.store.all(STREAM)))
    assert result.errors == []
    repeated = Counter((request.headers["botid"], request.json()["date"]) for request in account.requests_to(PATH))
    assert sorted(repeated.values())[-2:] == [1, 2]


def test_a_storage_that_refuses_all_addresses_fails_the_stream_by_name(account: Emulator) -> None:
    account.faults.add(FILES, status=403, times=1000)
    result = sync(account.config(), [STREAM, "groups"])
    assert "1 file of 2025-12-12 cannot be had (status 403)" in result.stream_errors[STREAM]
    assert result.statuses["groups"][-1] == "COMPLETE"
    repeated = Counter((request.headers["botid"], request.json()["date"]) for request in account.requests_to(PATH))
    assert max(repeated.values()) == 3


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 429}, {"status": 500}, {"kind": "truncate"}, {"kind": "reset"}], ids=str
)
def test_a_failed_download_is_retried_and_repeats_no_record(fault: Row, account: Emulator) -> None:
    account.faults.add(FILES, times=2, after=3, **fault)
    result = sync(account.config(), [STREAM])
    assert_same_rows(result.records[STREAM], exported_rows(account.store.all(STREAM)))
    assert result.errors == []


class Export:
    """Serves the files of one day of each AI agent as the test makes them; all other days have none."""

    def __init__(self, *files: Reply) -> None:
        self.files, self.day, self.port = files, "", 0

    def __call__(self, arrived: RecordedRequest) -> Reply:
        if arrived.path.startswith("/file/"):
            return self.files[int(arrived.path.removeprefix("/file/"))]
        if arrived.path != PATH:
            return Reply(body={"groups": [], "meta": {"has_more": False}})
        self.day = self.day or arrived.body["date"]
        if arrived.body["date"] != self.day or arrived.headers["botId"] != "bot-1":
            return Reply(404, {"message": "No data found"})
        return Reply(body={"urls": self.urls()})

    def urls(self) -> list[str]:
        return [f"http://localhost:{self.port}/file/{number}?signature=abc" for number in range(len(self.files))]


def read(export: Export, config: Row | None = None) -> tuple[Result, list[RecordedRequest]]:
    """The result of a read, and the requests for files."""
    with RecordingServer(export) as server:
        export.port = server.port
        result = sync({**server.config(), "ai_agents": BLOCK, **(config or {})}, [STREAM, "groups"])
        return result, [request for request in server.requests if request.path.startswith("/file/")]


ROWS: list[Row] = [
    {"conversation_id": str(n), "bot_id": "bot-1", "labels": ["}"], "language": 'é"{'} for n in range(2500)
]
LINES = "\n".join(json.dumps(row) for row in ROWS)
CAPITALS = [{name.upper(): value for name, value in row.items()} for row in ROWS]
FORMS: dict[str, list[Reply]] = {
    "a list": [Reply(body=ROWS)],
    "an object a line": [Reply(body=LINES + "\n")],
    "capital letters, as the live API sends them": [Reply(body=CAPITALS)],
    "several files": [Reply(body=ROWS[:1200]), Reply(body=ROWS[1200:])],
    "empty files": [Reply(body=b""), Reply(body=ROWS), Reply(body=[])],
    "a compressed file": [Reply(body=gzip.compress(LINES.encode()), headers={"Content-Encoding": "gzip"})],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_any_form_is_read_completely(form: str) -> None:
    export = Export(*FORMS[form])
    result, requests = read(export)
    assert_same_rows(result.records[STREAM], [{"export_date": export.day, **row} for row in ROWS])
    assert result.errors == []
    assert len(requests) == len(FORMS[form])
    assert all(not {"Authorization", "botId", "organizationId"} & request.headers.keys() for request in requests)


BAD_FILES: dict[str, Reply] = {
    "a web page": Reply(body="<html><body>Sign in</body></html>"),
    "a truncated list": Reply(body=json.dumps(ROWS)[:-1]),
    "a truncated object": Reply(body=LINES[:-5]),
    "no JSON": Reply(body="{conversation_id: 1}"),
    "a text": Reply(body='"No data"'),
}


@pytest.mark.parametrize("form", BAD_FILES)
def test_a_file_of_another_form_is_an_error_with_the_day(form: str) -> None:
    export = Export(BAD_FILES[form])
    result, _ = read(export)
    assert f"a file of {export.day} cannot be read" in result.stream_errors[STREAM]
    assert export.day not in json.dumps(result.state)
    assert result.statuses["groups"][-1] == "COMPLETE"


HOSTILE = {
    "http": "http://storage.example.com/a",
    "a private address": "https://10.0.0.1/a",
    "a metadata service": "http://169.254.169.254/latest/meta-data",
    "a user": "https://user:password@storage.example.com/a",
    "a file": "file://localhost/etc/passwd",
    "no address": "nonsense",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_address_is_not_requested(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    export = Export()
    monkeypatch.setattr(export, "urls", lambda: [HOSTILE[kind]])
    result, requests = read(export)
    assert "Zendesk returned the address of a file that is not requested" in result.stream_errors[STREAM]
    assert "signature" not in "".join(result.logs)
    assert requests == []


@pytest.mark.parametrize("body", [{}, {"urls": None}, {"urls": [1]}, {"urls": "https://a.example.com"}, []], ids=str)
def test_a_response_without_addresses_is_an_error(body: Any) -> None:
    with RecordingServer(lambda arrived: Reply(body=body if arrived.path == PATH else {})) as server:
        result = sync({**server.config(), "ai_agents": BLOCK}, [STREAM])
    assert "the response has no list of addresses `urls`" in result.stream_errors[STREAM]


def test_files_with_one_path_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    export = Export(Reply(body=ROWS))
    monkeypatch.setattr(export, "urls", lambda: [f"http://localhost:{export.port}/file/0?part={n}" for n in range(2)])
    result, requests = read(export)
    assert [request.query["part"] for request in requests] == ["0", "1"]
    assert len(result.records[STREAM]) == 2 * len(ROWS)


def test_files_that_are_no_longer_listed_are_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    export = Export(Reply(body=ROWS), Reply(403))
    listed = [True, False, False]
    all_urls = export.urls
    monkeypatch.setattr(export, "urls", lambda: all_urls() if listed.pop(0) else [])
    result, _ = read(export)
    assert f"1 file of {export.day} cannot be had (not listed any more)" in result.stream_errors[STREAM]


def test_a_signature_is_in_no_message() -> None:
    result, _ = read(Export(Reply(403)))
    assert result.stream_errors[STREAM]
    assert "signature" not in json.dumps(result.messages)


Refusal = Callable[[RecordedRequest], Reply]


def refuse(reply: Reply, bot: str = "") -> Refusal:
    """Refuses the requests of one AI agent, or of all; the exports of the others are empty."""
    return lambda arrived: reply if bot in ("", arrived.headers.get("botId")) else Reply(body={"urls": []})


def test_one_refused_ai_agent_does_not_stop_the_others() -> None:
    with RecordingServer(refuse(Reply(403, {"message": "Forbidden"}), "bot-1")) as server:
        result = sync({**server.config(), "ai_agents": BLOCK}, [STREAM])
        assert sum(request.headers["botId"] == "bot-2" for request in server.requests) == 30
    assert result.errors == []
    assert f"Stream {STREAM}: skipped 1 parent whose children Zendesk refused" in result.warnings


def test_a_refusal_after_an_accepted_day_is_an_error_and_loses_no_day() -> None:
    replies = respond_in_sequence(
        Reply(body={"urls": []}), Reply(body={"urls": []}), Reply(403, {"message": "Forbidden"})
    )
    config = {"ai_agents": {**BLOCK, "bot_ids": ["bot-1"]}}
    with RecordingServer(replies) as server:
        result = sync({**server.config(), **config}, [STREAM])
        accepted = [request.body["date"] for request in server.requests][1]
    assert "after it returned earlier pages" in result.stream_errors[STREAM]
    (state,) = result.state_of(STREAM)["children"].values()
    assert state == {"export_date": accepted}


def test_refused_requests_of_all_ai_agents_skip_the_stream_with_a_warning() -> None:
    with RecordingServer(refuse(Reply(403, {"message": "Forbidden"}))) as server:
        result = sync({**server.config(), "ai_agents": BLOCK}, [STREAM])
    assert any(f"Stream {STREAM} is skipped" in warning for warning in result.warnings)


def test_a_first_read_without_conversations_warns_of_a_wrong_id() -> None:
    with RecordingServer(refuse(Reply(404, {"message": "No data found"}))) as server:
        first = sync({**server.config(), "ai_agents": BLOCK}, [STREAM])
        second = sync({**server.config(), "ai_agents": BLOCK}, [STREAM], first.state)
    warnings = [warning for warning in first.warnings if "check `ai_agents.bot_ids`" in warning]
    assert [bot for bot in BLOCK["bot_ids"] if any(bot in warning for warning in warnings)] == BLOCK["bot_ids"]
    assert [warning for warning in second.warnings if "bot_ids" in warning] == []


def test_each_request_has_the_documented_headers_and_body() -> None:
    with RecordingServer(lambda _: Reply(body={"urls": []})) as server:
        sync({**server.config(), "ai_agents": BLOCK}, [STREAM])
        requests = server.requests
    assert {request.method for request in requests} == {"POST"}
    assert {request.path for request in requests} == {PATH}
    sent = {tuple(request.headers[name] for name in ("Authorization", "organizationId")) for request in requests}
    assert sent == {("secret-key", "org-1")}
    assert {request.headers["botId"] for request in requests} == {"bot-1", "bot-2"}
    assert all(request.body.keys() == {"date"} for request in requests)


CHECKS: dict[str, tuple[Reply, str]] = {
    "an export": (Reply(body={"urls": []}), ""),
    "no export of yesterday": (Reply(404, {"message": "No data found"}), ""),
    "an unknown path": (Reply(404, {"error": "InvalidEndpoint"}), "There is no AI agents at"),
    "no such page": (Reply(404, "<html>Not found</html>"), "There is no AI agents at"),
    "a wrong key": (
        Reply(401, {"message": "Unauthorized"}),
        "refuses the credentials (api_key); check `ai_agents.api_key`",
    ),
    "no access": (Reply(403, {"message": "Forbidden"}), "The credentials may not read AI agents"),
    "a wrong date": (Reply(400, {"message": "date is wrong"}), "date is wrong"),
    "a web page": (Reply(body="<html>Sign in</html>"), "is not Zendesk"),
}


@pytest.mark.parametrize("case", CHECKS)
def test_check_requests_the_export_of_yesterday(case: str) -> None:
    reply, problem = CHECKS[case]
    with Emulator(seed=1, rows=1, tickets=1) as zendesk, RecordingServer(lambda _: reply) as server:
        config = zendesk.config(ai_agents={**BLOCK, "base_url": server.base_url})
        others = {name: None for name in zendesk.product_blocks() if name != "ai_agents"}
        status = run("check", config=config | others).connection_status
        (request,) = server.requests
    assert (request.method, request.path, request.headers["botId"]) == ("POST", PATH, "bot-1")
    assert len(request.body["date"]) == len("2026-01-01")
    assert status["status"] == ("FAILED" if problem else "SUCCEEDED")
    if problem:
        assert status["message"].startswith("`ai_agents`: ")
        assert problem in status["message"]


BAD_BLOCKS: dict[str, tuple[Row, str]] = {
    "no AI agent": ({"bot_ids": None}, "`ai_agents.bot_ids`: expected a list of strings; it is missing"),
    "an empty list": ({"bot_ids": []}, "`ai_agents.bot_ids`"),
    "an id instead of a list": ({"bot_ids": "bot-1"}, "`ai_agents.bot_ids`: expected a list of strings; got a string"),
    "numbers": ({"bot_ids": [1]}, "`ai_agents.bot_ids`: expected a list of strings; got a list with a number"),
    "an empty id": ({"bot_ids": ["bot-1", " "]}, "`ai_agents.bot_ids[1]`"),
    "a line break in an id": ({"bot_ids": ["bot-1", "bot\n2"]}, "`ai_agents.bot_ids[1]`: it contains a line break"),
    "no organization": ({"organization_id": ""}, "`ai_agents.organization_id`: expected a string; it is missing"),
    "no key": ({"api_key": ""}, "`ai_agents.api_key`: expected a string; it is missing"),
    "another method": ({"credentials": "access_token"}, "`ai_agents.credentials`: expected"),
}


@pytest.mark.parametrize("case", BAD_BLOCKS)
def test_an_invalid_block_fails_by_name_before_a_request(case: str) -> None:
    change, problem = BAD_BLOCKS[case]
    with RecordingServer() as server:
        result = sync({**server.config(), "ai_agents": {**BLOCK, **change}}, [STREAM])
        assert server.requests == []
    assert problem in result.stream_errors[STREAM]


def test_blanks_around_ids_are_removed() -> None:
    with RecordingServer(lambda _: Reply(body={"urls": []})) as server:
        block = {**BLOCK, "bot_ids": [" bot-1\n"], "organization_id": " org-1 "}
        sync({**server.config(), "ai_agents": block}, [STREAM])
        request, *_ = server.requests
    assert (request.headers["botId"], request.headers["organizationId"]) == ("bot-1", "org-1")


def test_a_failure_of_zendesk_is_retried() -> None:
    failing = respond_in_sequence(Reply(500), Reply(503), Reply(body={"urls": []}))
    with RecordingServer(failing) as server:
        result = sync({**server.config(), "ai_agents": {**BLOCK, "bot_ids": ["bot-1"]}}, [STREAM])
    assert result.errors == []
