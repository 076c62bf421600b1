"""Refusals of an endpoint are distinguished from refusals of the account or the user."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.http.refusals import (
    ParentSkipped,
    StreamSkipped,
    account_block,
    is_permission_denied,
    is_unavailable_to_account,
    raise_for_refusal,
)
from unit_tests.account import ResponseFactory

ADDRESS, BLOCKED = "requests from this address are not allowed", "is suspended, locked or deactivated"
ACCOUNT_BLOCKS: list[tuple[Any, str]] = [
    ({"error": {"title": "Forbidden", "message": "Access from this IP is not allowed"}}, ADDRESS),
    ({"error": "Forbidden", "description": "Your IP address has been blocked by the account's restrictions"}, ADDRESS),
    ({"error": "ip_restricted"}, ADDRESS),
    ({"errors": [{"code": "IPRestriction", "title": "Forbidden"}]}, ADDRESS),
    ("<html><title>Access denied | acme.zendesk.com used Cloudflare to restrict access</title></html>", ADDRESS),
    ({"error": "Forbidden", "description": "This account has been suspended"}, BLOCKED),
    ({"error": {"title": "Account suspended", "message": "Please contact the account owner"}}, BLOCKED),
    ({"error": "AccountSuspended"}, BLOCKED),
    ({"error": "account_locked"}, BLOCKED),
    ({"error": "Forbidden", "description": "Your user account is deactivated."}, BLOCKED),
    ({"error": "Forbidden", "description": "User is suspended"}, BLOCKED),
    ({"error": "Forbidden", "description": "The user is no longer active"}, BLOCKED),
    ({"error": "Forbidden", "description": "Deactivated user"}, BLOCKED),
    ({"error": "Forbidden", "description": "Your trial has expired"}, BLOCKED),
    ({"error": "Forbidden", "description": "Please verify your email address"}, "has to complete a step"),
]
UNAVAILABLE: list[Any] = [
    None,
    "Forbidden",
    {"error": "Forbidden"},
    {"error": {"title": "Forbidden", "message": "You do not have access to this page. Please contact the account owner "
                                               "of this help desk for further help."}},
    {"error": {"title": "Forbidden", "message": "You do not have access to suspended tickets"}},
    {"error": "Forbidden", "description": "You may not see locked or deleted users; ask an administrator"},
    {"errors": [{"code": "AccessDenied", "title": "Skill based routing is disabled for your account"}]},
    {"description": "This feature is not part of your plan", "error": "PlanError"},
    {"error": "FeatureNotEnabled"},
]  # fmt: skip


@pytest.mark.parametrize(("body", "cause"), ACCOUNT_BLOCKS)
@pytest.mark.parametrize("is_child", [True, False])
@pytest.mark.parametrize("status", [402, 403])
def test_a_refusal_of_the_account_is_a_configuration_error(
    status: int, body: Any, cause: str, make_response: ResponseFactory, *, is_child: bool
) -> None:
    with pytest.raises(ConfigError, match=rf"Stream groups: .*{cause}.*{status}"):
        raise_for_refusal("groups", make_response(status, body), is_child=is_child, is_first=True)


@pytest.mark.parametrize("body", UNAVAILABLE)
def test_an_endpoint_unavailable_to_plan_or_role_is_skipped(body: Any, make_response: ResponseFactory) -> None:
    assert account_block(make_response(403, body)) is None
    with pytest.raises(StreamSkipped):
        raise_for_refusal("groups", make_response(403, body), is_child=False, is_first=True)
    with pytest.raises(ParentSkipped):
        raise_for_refusal("groups", make_response(403, body), is_child=True, is_first=True)


@pytest.mark.parametrize("body", ["<html>Request blocked</html>", {"error": "Teapot"}, {"errors": []}])
def test_a_refusal_without_a_known_reason_is_an_error(body: Any, make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError, match=r"groups.*403"):
        raise_for_refusal("groups", make_response(403, body), is_child=False, is_first=True)


@pytest.mark.parametrize("body", [None, {"error": "PaymentRequired"}, {"error": "Teapot"}])
def test_a_402_skips_the_stream(body: Any, make_response: ResponseFactory) -> None:
    with pytest.raises(StreamSkipped, match="the role or the plan"):
        raise_for_refusal("groups", make_response(402, body), is_child=False, is_first=True)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, None, True),
        (402, {"error": "RecordNotFound"}, True),
        (404, {"error": "InvalidEndpoint"}, True),
        (404, {"error": "RecordNotFound"}, False),
        (410, None, False),
        (422, None, False),
    ],
)
def test_a_deleted_child_is_distinguished_from_a_denied_one(
    status: int, body: Any, make_response: ResponseFactory, *, expected: bool
) -> None:
    assert is_permission_denied(make_response(status, body)) is expected


def test_a_deleted_account_does_not_make_a_stream_unavailable(make_response: ResponseFactory) -> None:
    assert not is_unavailable_to_account(make_response(404, "No help desk at acme.zendesk.com"))
