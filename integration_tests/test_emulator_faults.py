"""The emulator's faults apply to the specified requests and to no others."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.__main__ import _fault

zendesk = account_fixture(rows=30, tickets=30)


def get(zendesk: Emulator, path: str = "groups", **kwargs: Any) -> requests.Response:
    login = zendesk.account.login
    url = path if path.startswith("http") else f"{zendesk.base_url}/api/v2/{path}"
    return requests.get(
        url, auth=(f"{login.email}/token", login.api_token), timeout=kwargs.pop("timeout", 10), **kwargs
    )


def statuses(zendesk: Emulator, path: str, times: int) -> list[int]:
    return [get(zendesk, path).status_code for _ in range(times)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504])
def test_a_status_fault_has_its_body(status: int, zendesk: Emulator) -> None:
    zendesk.faults.add("*/groups", status=status, headers={"Retry-After": "1"})
    response = get(zendesk)
    assert (response.status_code, response.headers["Retry-After"], bool(response.text)) == (status, "1", True)
    assert get(zendesk).status_code == 200


def test_a_fault_applies_after_and_times_requests(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=503, after=1, times=2)
    assert statuses(zendesk, "groups", 5) == [200, 503, 503, 200, 200]
    assert zendesk.faults.faults[0].hits == 2


def test_a_fault_can_apply_to_every_third_request(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=500, every=3)
    assert statuses(zendesk, "groups", 7) == [200, 200, 500, 200, 200, 500, 200]


def test_a_fault_matches_path_method_and_query(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", method="POST", times=9)
    zendesk.faults.add("tags", times=9, query={"page": "2"})
    assert statuses(zendesk, "groups", 1) == statuses(zendesk, "tags", 1) == [200]
    assert get(zendesk, "tags?page=2").status_code == 500


def test_a_large_page_fails_until_it_is_small_enough(zendesk: Emulator) -> None:
    zendesk.faults.add("incremental/*", status=504, when_page_larger_than=250)
    path = "incremental/tickets/cursor?start_time=0"
    assert [get(zendesk, path + size).status_code for size in ("", "&per_page=500", "&per_page=250", "")] == [
        504,
        504,
        200,
        504,
    ]


@pytest.mark.parametrize("kind", ["truncate", "reset"])
def test_a_response_can_be_truncated(kind: str, zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind=kind)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        get(zendesk)
    assert get(zendesk).status_code == 200


def test_a_response_can_contain_truncated_json(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="cut_json")
    response = get(zendesk)
    assert response.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()


def test_a_response_can_be_html(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="not_json")
    response = get(zendesk)
    assert (response.status_code, response.text[:6]) == (200, "<html>")


def test_a_page_can_omit_rows_that_its_count_includes(zendesk: Emulator) -> None:
    whole = get(zendesk, "bookmarks").json()
    zendesk.faults.add("bookmarks", kind="withhold", rows=4)
    cut = get(zendesk, "bookmarks").json()
    assert (cut["bookmarks"], cut["count"]) == (whole["bookmarks"][4:], whole["count"])


@pytest.mark.parametrize(("kind", "left"), [("empty", []), ("no_list", None)])
def test_a_list_can_be_empty_or_missing(kind: str, left: Any, zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind=kind)
    body = get(zendesk).json()
    assert body.get("groups") == left
    assert "count" in body


def test_paging_fields_can_be_missing(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="no_meta")
    assert set(get(zendesk, "groups?page[size]=10").json()) == {"groups"}


def test_a_refusal_can_have_no_body(zendesk: Emulator) -> None:
    zendesk.faults.add("tickets/1/comments", kind="empty_body", status=403)
    response = get(zendesk, "tickets/1/comments")
    assert (response.status_code, response.content) == (403, b"")


def test_a_page_can_repeat(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="repeat", after=1)
    first = get(zendesk, "groups?page[size]=10").json()
    assert get(zendesk, first["links"]["next"]).json() == first
    assert get(zendesk, first["links"]["next"]).json() != first


def test_a_cursor_can_expire(zendesk: Emulator) -> None:
    zendesk.faults.add("incremental/*", kind="expired_cursor", status=410)
    response = get(zendesk, "incremental/tickets/cursor?cursor=old")
    assert (response.status_code, response.json()["error"]) == (410, "InvalidCursor")


def test_a_request_can_be_treated_as_anonymous(zendesk: Emulator) -> None:
    zendesk.faults.add("users/me", kind="anonymous")
    assert get(zendesk, "users/me").json()["user"]["id"] is None
    assert get(zendesk, "users/me").json()["user"]["id"]


def test_a_response_can_be_delayed(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", kind="timeout", delay=600)
    with pytest.raises(requests.exceptions.ReadTimeout):
        get(zendesk, timeout=0.1)


def test_an_unknown_kind_of_fault_names_the_known_ones(zendesk: Emulator) -> None:
    with pytest.raises(ValueError, match="truncate"):
        zendesk.faults.add("groups", kind="explode")


def test_requests_are_recorded_unchanged(zendesk: Emulator) -> None:
    zendesk.faults.add("groups", status=503)
    get(zendesk, "groups.json?page[size]=2", headers={"X-On-Behalf-Of": "a@example.com"})
    (request,) = zendesk.requests_to("/api/v2/groups")
    assert (request.method, request.path, request.status) == ("GET", "/api/v2/groups", 503)
    assert request.query == {"page[size]": ["2"]}
    assert request.headers["x-on-behalf-of"] == "a@example.com"
    zendesk.clear_requests()
    assert zendesk.requests == []


def test_faults_can_be_given_on_the_command_line() -> None:
    assert _fault("incremental/tickets*:504:times=3") == {"path": "incremental/tickets*", "status": 504, "times": 3}
    assert _fault("groups:timeout:delay=0.5") == {"path": "groups", "kind": "timeout", "delay": 0.5}
