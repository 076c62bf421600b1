"""What a plan or a role lacks is told from what concerns whoever asks."""

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
from unit_tests.account import Answering

ADDRESS, STANDING = "requests from this address are not allowed", "is suspended, locked or deactivated"
BARRED: list[tuple[Any, str]] = [
    ({"error": {"title": "Forbidden", "message": "Access from this IP is not allowed"}}, ADDRESS),
    ({"error": "Forbidden", "description": "Your IP address has been blocked by the account's restrictions"}, ADDRESS),
    ({"error": "ip_restricted"}, ADDRESS),
    ({"errors": [{"code": "IPRestriction", "title": "Forbidden"}]}, ADDRESS),
    ("<html><title>Access denied | acme.zendesk.com used Cloudflare to restrict access</title></html>", ADDRESS),
    ({"error": "Forbidden", "description": "This account has been suspended"}, STANDING),
    ({"error": {"title": "Account suspended", "message": "Please contact the account owner"}}, STANDING),
    ({"error": "AccountSuspended"}, STANDING),
    ({"error": "account_locked"}, STANDING),
    ({"error": "Forbidden", "description": "Your user account is deactivated."}, STANDING),
    ({"error": "Forbidden", "description": "User is suspended"}, STANDING),
    ({"error": "Forbidden", "description": "The user is no longer active"}, STANDING),
    ({"error": "Forbidden", "description": "Deactivated user"}, STANDING),
    ({"error": "Forbidden", "description": "Your trial has expired"}, STANDING),
    ({"error": "Forbidden", "description": "Please verify your email address"}, "has to complete a step"),
]
LACKING: list[Any] = [
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


@pytest.mark.parametrize(("body", "cause"), BARRED)
@pytest.mark.parametrize("is_child", [True, False])
@pytest.mark.parametrize("status", [402, 403])
def test_a_refusal_of_the_sender_is_for_the_user_to_mend(
    status: int, body: Any, cause: str, answer: Answering, *, is_child: bool
) -> None:
    with pytest.raises(ConfigError, match=rf"Stream groups: .*{cause}.*{status}"):
        raise_for_refusal("groups", answer(status, body), is_child=is_child, is_first=True)


@pytest.mark.parametrize("body", LACKING)
def test_what_the_plan_or_the_role_lacks_is_skipped(body: Any, answer: Answering) -> None:
    assert account_block(answer(403, body)) is None
    with pytest.raises(StreamSkipped):
        raise_for_refusal("groups", answer(403, body), is_child=False, is_first=True)
    with pytest.raises(ParentSkipped):
        raise_for_refusal("groups", answer(403, body), is_child=True, is_first=True)


@pytest.mark.parametrize("body", ["<html>Request blocked</html>", {"error": "Teapot"}, {"errors": []}])
def test_a_refusal_that_says_neither_is_an_error(body: Any, answer: Answering) -> None:
    with pytest.raises(ConfigError, match=r"groups.*403"):
        raise_for_refusal("groups", answer(403, body), is_child=False, is_first=True)


@pytest.mark.parametrize("body", [None, {"error": "PaymentRequired"}, {"error": "Teapot"}])
def test_402_means_not_bought(body: Any, answer: Answering) -> None:
    with pytest.raises(StreamSkipped, match="the role or the plan"):
        raise_for_refusal("groups", answer(402, body), is_child=False, is_first=True)


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
def test_a_child_that_is_gone_is_told_from_one_that_is_refused(
    status: int, body: Any, answer: Answering, *, expected: bool
) -> None:
    assert is_permission_denied(answer(status, body)) is expected


def test_an_account_that_is_gone_lacks_nothing(answer: Answering) -> None:
    assert not is_unavailable_to_account(answer(404, "No help desk at acme.zendesk.com"))
