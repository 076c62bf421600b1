"""Credentials, roles, plans and rate limits of the emulated account."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import requests

from integration_tests.emulator import Emulator
from integration_tests.emulator.http import limits

OK, REFUSED = 200, {"error": "Couldn't authenticate you"}


def get(zendesk: Emulator, path: str, token: str | None = None, **kwargs: Any) -> requests.Response:
    login = zendesk.account.login
    if token is not None:
        kwargs["headers"] = {"Authorization": f"Bearer {token}"}
    else:
        kwargs.setdefault("auth", (f"{login.email}/token", login.api_token))
    return requests.get(f"{zendesk.base_url}/api/v2/{path}", timeout=120, **kwargs)


def grant(zendesk: Emulator, **body: Any) -> requests.Response:
    client = {"client_id": "emulated-client", "client_secret": "emulated-secret"}
    return requests.post(f"{zendesk.base_url}/oauth/tokens", json=client | body, timeout=120)


def test_three_kinds_of_credentials_are_accepted(zendesk: Emulator) -> None:
    login = zendesk.account.login
    assert get(zendesk, "groups").status_code == OK
    assert get(zendesk, "groups", auth=(login.email, login.password)).status_code == OK
    assert get(zendesk, "groups", login.access_token).status_code == OK
    assert zendesk.config()["credentials"] == {
        "credentials": "api_token", "email": login.email, "api_token": login.api_token,
    }  # fmt: skip


@pytest.mark.parametrize(
    "auth", [("owner@example.com/token", "wrong"), ("owner@example.com", "emulated-api-token"), None]
)
def test_missing_or_wrong_credentials_are_refused(auth: Any, zendesk: Emulator) -> None:
    response = get(zendesk, "groups", auth=auth)
    assert (response.status_code, response.json()) == (401, REFUSED)


def test_users_me_needs_no_credentials(zendesk: Emulator) -> None:
    anonymous = get(zendesk, "users/me", auth=None)
    assert (anonymous.status_code, anonymous.json()["user"]["id"]) == (OK, None)
    assert anonymous.json()["user"]["name"] == "Anonymous user"
    assert get(zendesk, "users/me").json()["user"]["role"] == "admin"


def test_client_credentials_give_a_token_without_a_refresh_token(zendesk: Emulator) -> None:
    body = grant(zendesk, grant_type="client_credentials", scope="read", expires_in=600).json()
    assert (body["expires_in"], body["scope"], "refresh_token" in body) == (600, "read", False)
    assert get(zendesk, "groups", body["access_token"]).status_code == OK
    zendesk.clock.advance(seconds=601)
    response = get(zendesk, "groups", body["access_token"])
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


def test_a_refresh_token_works_once_and_revokes_both_old_tokens(zendesk: Emulator) -> None:
    old = zendesk.oauth.issue()
    body = grant(zendesk, grant_type="refresh_token", refresh_token=old.refresh).json()
    assert get(zendesk, "groups", body["access_token"]).status_code == OK
    assert get(zendesk, "groups", old.access).status_code == 401
    again = grant(zendesk, grant_type="refresh_token", refresh_token=old.refresh)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_an_unknown_client_gets_no_token(zendesk: Emulator) -> None:
    response = grant(zendesk, grant_type="client_credentials", client_secret="wrong")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_token_with_an_unknown_scope_has_no_access(zendesk: Emulator) -> None:
    token = grant(zendesk, grant_type="client_credentials", scope="raed").json()["access_token"]
    response = get(zendesk, "groups", token)
    assert response.status_code == 403
    assert "missing the following required scopes: read" in response.json()["description"]


@pytest.mark.parametrize(
    ("path", "status"), [("incremental/users/cursor?start_time=0", 403), ("audit_logs", 403), ("users", 200)]
)
def test_agents_may_not_export(path: str, status: int, zendesk: Emulator) -> None:
    zendesk.options.role = "agent"
    assert get(zendesk, path).status_code == status


@pytest.mark.parametrize(
    ("plan", "path", "status", "error"),
    [
        ("team", "audit_logs", 403, None),
        ("team", "slas/policies", 403, None),
        ("growth", "slas/policies", 200, None),
        ("team", "custom_objects", 404, "InvalidEndpoint"),
        ("professional", "workspaces", 404, "InvalidEndpoint"),
        ("enterprise", "workspaces", 200, None),
    ],
)
def test_the_plan_determines_available_endpoints(
    plan: str, path: str, status: int, error: str | None, zendesk: Emulator
) -> None:
    zendesk.options.plan = plan
    response = get(zendesk, path)
    assert response.status_code == status
    assert error is None or response.json()["error"] == error


# rate limits


def test_without_limits_there_are_no_headers(zendesk: Emulator) -> None:
    assert not [name for name in get(zendesk, "groups").headers if "rate" in name.lower()]


def test_headers_give_the_account_rate_limit(zendesk: Emulator) -> None:
    zendesk.limits.set(requests_per_minute=3)
    left = [get(zendesk, "groups").headers["X-Rate-Limit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = get(zendesk, "groups")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["ratelimit-limit"] == "3"
    assert refused.text.startswith("Number of allowed API requests per minute")


def test_all_exports_share_a_rate_limit(zendesk: Emulator) -> None:
    zendesk.limits.set(exports_per_minute=2)
    first = get(zendesk, "incremental/tickets/cursor?start_time=0")
    assert first.headers["zendesk-ratelimit-incremental-exports"].startswith("total=2; remaining=1; resets=")
    assert get(zendesk, "incremental/organizations?start_time=0").status_code == OK
    refused = get(zendesk, "incremental/users/cursor?start_time=0")
    assert (refused.status_code, "incremental export" in refused.text) == (429, True)
    assert get(zendesk, "groups").status_code == OK


def test_a_rate_limit_window_resets(zendesk: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: 100.0)
    monkeypatch.setattr(limits, "time", clock)
    zendesk.limits.set(exports_per_minute=1)
    path = "incremental/organizations?start_time=0"
    assert [get(zendesk, path).status_code for _ in range(2)] == [OK, 429]
    clock.monotonic = lambda: 160.0
    assert get(zendesk, path).status_code == OK


def test_retry_after_can_be_disabled(zendesk: Emulator) -> None:
    zendesk.limits.set(requests_per_minute=1)
    zendesk.limits.retry_after = False
    get(zendesk, "groups")
    assert "Retry-After" not in get(zendesk, "groups").headers
