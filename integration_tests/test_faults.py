"""Failures are retried, or end in an error with stream, cause and remedy; no row is lost."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.interrupted_syncs import NOW

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

V2 = "/api/v2"
EXPORT = "incremental/tickets/cursor"
AT_ONCE = {"Retry-After": "0"}
STREAMS = {"tickets": EXPORT, "organizations": "incremental/organizations", "groups": "groups", "tags": "tags"}
PASSING: list[dict[str, Any]] = [
    {"status": 429, "headers": AT_ONCE},
    {"status": 503, "headers": AT_ONCE},
    {"status": 500, "headers": AT_ONCE},
    {"status": 408, "headers": AT_ONCE},
    {"status": 409, "headers": AT_ONCE},
    {"status": 520, "headers": AT_ONCE},
    {"kind": "not_json", "headers": AT_ONCE},
    {"kind": "cut_json", "headers": AT_ONCE},
    {"kind": "truncate"},
    {"kind": "reset"},
]


account = account_fixture(scope="module", seed=11, rows=130, tickets=40, now=NOW)


@pytest.fixture
def zendesk(account: Emulator) -> Iterator[Emulator]:
    """The account, reset after earlier tests."""
    account.clear_requests()
    yield account
    account.faults.clear()
    account.account.before_response = lambda: None


def ids(result: Result, stream: str) -> list[Any]:
    return [row.get("id", row.get("name")) for row in result.records[stream]]


def sizes(zendesk: Emulator) -> list[int]:
    return [int(request.query["per_page"][0]) for request in zendesk.requests_to(f"{V2}/{EXPORT}")]


def oauth(**more: str) -> dict[str, Any]:
    return {"client_id": "emulated-client", "client_secret": "emulated-secret", **more}


# Transient failures


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: str(fault.get("kind", fault.get("status"))))
@pytest.mark.parametrize("stream", ["tickets", "groups"])
def test_a_transient_failure_costs_one_retry_and_no_row(zendesk: Emulator, stream: str, fault: dict[str, Any]) -> None:
    clean = sync(zendesk.config(export_page_size=20), [stream])
    requests = len(zendesk.requests)
    zendesk.clear_requests()
    zendesk.faults.add(STREAMS[stream], after=1, **fault)
    result = sync(zendesk.config(export_page_size=20), [stream])
    assert result.errors == []
    assert ids(result, stream) == ids(clean, stream)
    assert len(zendesk.requests) == requests + 1


@pytest.mark.parametrize("stream", ["organizations", "tags"])
def test_every_third_request_can_fail(zendesk: Emulator, stream: str) -> None:
    zendesk.faults.add(STREAMS[stream], status=500, headers=AT_ONCE, every=3)
    result = sync(zendesk.config(export_page_size=20), [stream])
    assert result.errors == []
    assert len(set(ids(result, stream))) == 130


def test_failed_child_requests_are_retried(zendesk: Emulator) -> None:
    clean = sync(zendesk.config(), ["show_group"])
    zendesk.faults.add("groups/*", status=500, headers=AT_ONCE, every=7)
    result = sync(zendesk.config(), ["show_group"])
    assert result.errors == []
    assert sorted(ids(result, "show_group")) == sorted(ids(clean, "show_group"))


# Large pages


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_failing_large_page_is_halved_and_grows_back(zendesk: Emulator, status: int) -> None:
    zendesk.faults.add(EXPORT, status=status, body="<html>Gateway</html>", after=1)
    result = sync(zendesk.config(export_page_size=12), ["tickets"])
    assert result.errors == []
    assert sorted(ids(result, "tickets")) == list(range(1, 41))
    assert sizes(zendesk) == [12, 12, 10, 12, 12]
    first, refused, smaller, *_ = zendesk.requests_to(f"{V2}/{EXPORT}")
    assert refused.query["cursor"] == smaller.query["cursor"]
    assert "cursor" not in first.query


def test_pages_stay_at_the_size_that_zendesk_serves(zendesk: Emulator) -> None:
    zendesk.faults.add(EXPORT, status=504, when_page_larger_than=20)
    result = sync(zendesk.config(export_page_size=40), ["tickets"])
    assert result.errors == []
    assert sorted(ids(result, "tickets")) == list(range(1, 41))
    assert sizes(zendesk) == [40, 20, 40, 20]


def test_a_time_export_grows_back_although_links_contain_the_small_size(zendesk: Emulator) -> None:
    zendesk.faults.add("incremental/organizations", status=504)
    result = sync(zendesk.config(export_page_size=40), ["organizations"])
    assert len(set(ids(result, "organizations"))) == 130
    requested_values = [int(one.query["per_page"][0]) for one in zendesk.requests_to(f"{V2}/incremental/organizations")]
    assert requested_values[:4] == [40, 20, 40, 40]


def test_a_503_throttle_does_not_shrink_the_page(zendesk: Emulator) -> None:
    text = "Number of allowed API requests per minute exceeded"
    zendesk.faults.add(EXPORT, status=503, body=text, headers=AT_ONCE, after=1)
    result = sync(zendesk.config(export_page_size=20), ["tickets"])
    assert result.errors == []
    assert set(sizes(zendesk)) == {20}


def requested_values(zendesk: Emulator, parameter: str) -> list[str | None]:
    return [request.query.get(parameter, [None])[0] for request in zendesk.requests]


@pytest.mark.parametrize("stream", ["groups", "brands", "ticket_fields"])
def test_a_cursor_list_shrinks_and_grows_back(zendesk: Emulator, stream: str) -> None:
    clean = sync(zendesk.config(), [stream])
    zendesk.clear_requests()
    zendesk.faults.add(stream, status=504)
    result = sync(zendesk.config(), [stream])
    assert result.errors == []
    assert ids(result, stream) == ids(clean, stream)
    assert requested_values(zendesk, "page[size]")[:3] == ["100", "50", "100"]


def test_child_pages_shrink(zendesk: Emulator) -> None:
    clean = sync(zendesk.config(), ["ticket_field_options"])
    zendesk.clear_requests()
    zendesk.faults.add("ticket_fields/*/options", status=504)
    result = sync(zendesk.config(), ["ticket_field_options"])
    assert result.errors == []
    assert sorted(ids(result, "ticket_field_options")) == sorted(ids(clean, "ticket_field_options"))
    assert "50" in requested_values(zendesk, "page[size]")


def test_audit_pages_shrink_by_limit(zendesk: Emulator) -> None:
    clean = sync(zendesk.config(), ["ticket_audits"])
    zendesk.clear_requests()
    zendesk.faults.add("ticket_audits", status=504, when_page_larger_than=100)
    result = sync(zendesk.config(), ["ticket_audits"])
    assert result.errors == []
    assert ids(result, "ticket_audits") == ids(clean, "ticket_audits")
    assert requested_values(zendesk, "limit")[:6] == [None, "500", "250", "125", "62", "124"]


def test_revision_pages_shrink_by_limit(zendesk: Emulator) -> None:
    clean = sync(zendesk.config(), ["trigger_revisions"])
    zendesk.clear_requests()
    zendesk.faults.add("triggers/*/revisions", status=504)
    result = sync(zendesk.config(), ["trigger_revisions"])
    assert result.errors == []
    assert sorted(ids(result, "trigger_revisions")) == sorted(ids(clean, "trigger_revisions"))
    assert requested_values(zendesk, "limit").count("500") == 1


def test_offset_pages_do_not_shrink(zendesk: Emulator) -> None:
    zendesk.faults.add("tags", status=504, headers=AT_ONCE)
    clean = sync(zendesk.config(), ["tags"])
    assert clean.errors == []
    assert set(requested_values(zendesk, "per_page")) <= {"100", None}


# Lasting failures


LASTING: list[tuple[dict[str, Any], str]] = [
    ({"status": 500, "headers": AT_ONCE, "times": 99}, "status 500"),
    ({"kind": "not_json", "headers": AT_ONCE, "times": 99}, "the response is a web page"),
    ({"kind": "cut_json", "headers": AT_ONCE, "times": 99}, "not JSON"),
    ({"kind": "no_list"}, "no list `tickets`"),
    ({"kind": "empty_body", "status": 200, "headers": AT_ONCE, "times": 99}, "the response is empty"),
    ({"status": 400, "times": 99}, "(400: "),
]


@pytest.mark.parametrize(("fault", "cause"), LASTING, ids=lambda value: str(value)[:30])
def test_a_lasting_failure_ends_its_stream_with_cause_and_remedy(
    zendesk: Emulator, fault: dict[str, Any], cause: str
) -> None:
    zendesk.faults.add(EXPORT, after=1, **fault)
    result = sync(zendesk.config(export_page_size=20), ["tickets", "groups"])
    error = result.stream_errors["tickets"]
    assert error.startswith("Stream tickets: ")
    assert cause in error
    assert result.statuses["tickets"][-1] == "INCOMPLETE"
    assert result.statuses["groups"][-1] == "COMPLETE"
    assert len(zendesk.requests) < 20


def test_the_state_after_a_failure_is_that_of_the_last_page(zendesk: Emulator) -> None:
    zendesk.faults.add(EXPORT, after=1, status=500, headers=AT_ONCE, times=99)
    failed = sync(zendesk.config(export_page_size=20), ["tickets"])
    assert "resumes at this page" in failed.stream_errors["tickets"]
    zendesk.faults.clear()
    rest = sync(zendesk.config(export_page_size=20), ["tickets"], failed.state)
    assert sorted([*ids(failed, "tickets"), *ids(rest, "tickets")]) == list(range(1, 41))


def test_a_failed_stream_does_not_affect_the_others(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=500, headers=AT_ONCE, times=99)
    result = sync(zendesk.config(), ["groups", "brands", "tickets"])
    assert list(result.stream_errors) == ["groups"]
    assert [result.statuses[name][-1] for name in ("brands", "tickets")] == ["COMPLETE", "COMPLETE"]


def test_failed_children_are_read_by_the_next_run(zendesk: Emulator) -> None:
    clean = sync(zendesk.config(), ["show_group"])
    zendesk.faults.add(f"groups/{ids(clean, 'show_group')[60]}", status=500, headers=AT_ONCE, times=99)
    failed = sync(zendesk.config(), ["show_group"])
    assert "status 500" in failed.stream_errors["show_group"]
    zendesk.faults.clear()
    rest = sync(zendesk.config(), ["show_group"], failed.state)
    assert {*ids(failed, "show_group"), *ids(rest, "show_group")} == set(ids(clean, "show_group"))


# Credentials


def test_a_token_that_expires_during_a_read_is_renewed_once(zendesk: Emulator) -> None:
    seen: list[int] = []

    def end_all_tokens() -> None:
        seen.append(1)
        if len(seen) == 60:
            zendesk.oauth.tokens.clear()

    zendesk.account.before_response = end_all_tokens
    config = zendesk.config(credentials={"credentials": "client_credentials", **oauth()}, num_workers=10)
    result = sync(config, ["show_group", "tickets", "tags"])
    assert result.errors == []
    assert len(set(ids(result, "show_group"))) == 130
    grants = [request for request in zendesk.requests if request.path == "/oauth/tokens"]
    assert len(grants) == 2
    assert all(b"expires_in=" in grant.body for grant in grants)


def test_a_refresh_token_is_used_once_and_its_successor_is_emitted(
    zendesk: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    issued = zendesk.oauth.issue()
    assert issued.refresh
    credentials = {"credentials": "oauth2_refresh", **oauth(refresh_token=issued.refresh), "access_token": "stale"}
    config = zendesk.config(credentials={**credentials, "token_expiry_date": "2099-01-01T00:00:00Z"}, num_workers=10)
    result = sync(config, ["show_group", "tickets", "tags", "brands"])
    assert result.errors == []
    assert len([request for request in zendesk.requests if request.path == "/oauth/tokens"]) == 1
    (printed,) = [line for line in capsys.readouterr().out.splitlines() if '"CONTROL"' in line]
    handed_on = json.loads(printed)["control"]["connectorConfig"]["config"]["credentials"]["refresh_token"]
    assert handed_on == zendesk.oauth.tokens[-1].refresh != issued.refresh


def test_a_refused_new_token_ends_the_stream(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=401, times=99)
    config = zendesk.config(credentials={"credentials": "client_credentials", **oauth()})
    error = sync(config, ["groups"]).stream_errors["groups"]
    assert "groups" in error
    assert "`credentials`" in error
    assert len(zendesk.requests_to(f"{V2}/groups")) == 2


def test_credentials_that_cannot_be_renewed_end_at_the_first_401(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=401, times=99)
    result = sync(zendesk.config(), ["groups"])
    assert result.stream_errors["groups"].startswith("Stream groups: Zendesk refuses the credentials (401)")
    assert "`credentials`" in result.stream_errors["groups"]
    assert len(zendesk.requests) == 1


def test_secrets_are_redacted(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=401, times=99)
    zendesk.faults.add("brands", status=500, headers=AT_ONCE, times=99)
    zendesk.faults.add("macros", kind="not_json", headers=AT_ONCE, times=99)
    token = "very-secret-api-token"
    zendesk.account.login.api_token = token
    config = zendesk.config()
    pair = base64.b64encode(f"{config['credentials']['email']}/token:{token}".encode()).decode()
    output = json.dumps(sync(config, ["groups", "brands", "macros", "tags"]).messages)
    assert token not in output
    assert pair not in output


# Other hosts


def test_links_to_another_host_are_followed_on_the_account_host(zendesk: Emulator) -> None:
    with Emulator(seed=11, rows=3, tickets=3, now=NOW) as stranger:
        base = stranger.base_url
        link = f"{base}{V2}/{EXPORT}?cursor=WzE3MDAwMDAwMDAsMV0"
        zendesk.faults.add(EXPORT, status=200, body={"tickets": [{"id": 1}], "end_of_stream": False, "after_url": link})
        zendesk.faults.add("groups", status=200, body={"groups": [{"id": 1}], "next_page": f"{base}{V2}/groups?page=2"})
        following = {"meta": {"has_more": True}, "links": {"next": f"{base}{V2}/brands?page[after]=WzEsMV0"}}
        zendesk.faults.add("brands", status=200, body={"brands": [{"id": 1}], **following})
        page = {"organizations": [{"id": 1}], "count": 1, "end_of_stream": False}
        next_page = f"{base}{V2}/incremental/organizations?start_time=1700000000"
        zendesk.faults.add("incremental/organizations", status=200, body={**page, "next_page": next_page})
        sync(zendesk.config(), ["tickets", "groups", "brands", "organizations"])
        assert stranger.requests == []
        assert len(zendesk.requests) >= 8


def test_a_redirect_to_another_host_carries_no_credentials_and_emits_no_rows(zendesk: Emulator) -> None:
    with Emulator(seed=11, rows=3, tickets=3, now=NOW) as stranger:
        stranger.faults.add("groups", status=200, body={"groups": [{"id": 666}]}, times=99)
        zendesk.faults.add("groups", status=302, headers={"Location": f"{stranger.base_url}{V2}/groups"}, times=99)
        result = sync(zendesk.config(), ["groups"])
        assert "authorization" not in {name for one in stranger.requests for name in one.headers}
        assert result.records["groups"] == []
        assert "`subdomain`" in result.stream_errors["groups"]


@pytest.mark.parametrize(
    ("faults", "last"),
    [
        ({"tags": {"body": "{}", "status": 200}}, "transient_error"),
        ({"tags": {"body": "{}", "status": 200}, "groups": {"body": "{}", "status": 200}}, "transient_error"),
        ({"tags": {"status": 401}}, "config_error"),
        ({"tags": {"body": "{}", "status": 200}, "groups": {"status": 401}}, "config_error"),
    ],
)
def test_the_last_error_is_transient_if_all_errors_are(
    zendesk: Emulator, faults: dict[str, dict[str, Any]], last: str
) -> None:
    for path, fault in faults.items():
        zendesk.faults.add(path, every=1, **fault)
    result = sync(zendesk.config(), ["tags", "groups", "ticket_forms"])
    errors = [trace["error"] for trace in result.bodies("trace") if trace["type"] == "ERROR"]
    assert (len(result.stream_errors), errors[-1]["failure_type"]) == (len(faults), last)
    assert result.exit_code == 1
