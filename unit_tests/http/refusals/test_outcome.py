"""A refusal skips the stream, skips the parent or raises; it never ends a list."""

from typing import Any

import pytest

from source_zendesk.errors import ConfigError, PaginationError
from source_zendesk.http.error_text import error_text
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped, raise_for_refusal
from unit_tests.account import ResponseFactory

SCOPES = {"error": "Forbidden", "description": "Missing the following required scopes: read"}
NO_DESK = "<html>No help desk at acme.zendesk.com</html>"


@pytest.mark.parametrize("status", [402, 403, 404, 410, 422])
@pytest.mark.parametrize("body", [None, {"error": "RecordNotFound"}])
def test_the_first_request_of_a_child_is_classified_by_its_status_alone(
    status: int, body: Any, make_response: ResponseFactory
) -> None:
    with pytest.raises(ParentSkipped):
        raise_for_refusal("ticket_comments", make_response(status, body), is_child=True, is_first=True)


@pytest.mark.parametrize("status", [402, 403, 404, 410, 422])
def test_a_refusal_after_the_first_page_of_a_child_is_an_error(status: int, make_response: ResponseFactory) -> None:
    with pytest.raises(
        ConfigError, match=rf"ticket_comments.*after it returned earlier pages.*{status}: no reason given"
    ):
        raise_for_refusal("ticket_comments", make_response(status), is_child=True, is_first=False)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, None, "the role or the plan does not allow it (403: no reason given)"),
        (403, {"error": {"title": "Forbidden", "message": "Ask the owner"}}, "(403: Forbidden: Ask the owner)"),
        (404, {"error": "InvalidEndpoint", "description": "Not found"}, "this account does not have it (404"),
    ],
)
def test_a_stream_unavailable_to_the_account_is_skipped_with_the_reason(
    status: int, body: Any, why: str, make_response: ResponseFactory
) -> None:
    with pytest.raises(StreamSkipped) as skipped:
        raise_for_refusal("audit_logs", make_response(status, body), is_child=False, is_first=True)
    assert why in str(skipped.value)


@pytest.mark.parametrize("status", [403, 404, 410, 400])
def test_a_refusal_in_the_middle_of_a_list_is_an_error(status: int, make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError, match=f"groups.*{status}"):
        raise_for_refusal("groups", make_response(status), is_child=False, is_first=False)


def test_the_maximum_depth_of_a_search_is_an_error(make_response: ResponseFactory) -> None:
    with pytest.raises(PaginationError, match=r"returns no more records.*422: no reason given"):
        raise_for_refusal("search", make_response(422), is_child=False, is_first=False)


def test_a_search_refused_at_its_first_page_is_an_error_about_inputs(make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError, match=r"check its `inputs`.*422: invalid: Invalid search: sort_by"):
        raise_for_refusal(
            "search",
            make_response(422, {"error": "invalid", "description": "Invalid search: sort_by"}),
            is_child=False,
            is_first=True,
            has_inputs=True,
        )


def test_the_error_of_a_stream_without_inputs_does_not_mention_them(make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError) as refused:
        raise_for_refusal("search", make_response(422, {"error": "invalid"}), is_child=False, is_first=True)
    assert "inputs" not in str(refused.value)


def test_a_list_with_status_410_is_skipped(make_response: ResponseFactory) -> None:
    with pytest.raises(StreamSkipped, match="410"):
        raise_for_refusal("groups", make_response(410, {"error": "Gone"}), is_child=False, is_first=True)


@pytest.mark.parametrize("is_child", [True, False])
def test_a_missing_scope_is_a_configuration_error(make_response: ResponseFactory, *, is_child: bool) -> None:
    with pytest.raises(ConfigError, match=r"lacks the scope `read`; .* Admin Center\."):
        raise_for_refusal("groups", make_response(403, SCOPES), is_child=is_child, is_first=True)


@pytest.mark.parametrize(
    ("status", "body", "headers", "remedy"),
    [
        (403, SCOPES, {}, "create one with it for `sell`."),
        (302, None, {"Location": "https://login.okta.com/app/sso/saml"}, "check `sell`, that API access"),
        (403, {"error": "The user is suspended"}, {}, "the user of `sell`, is suspended"),
        (422, {"error": "invalid"}, {}, "the role of the user of `sell` allows"),
    ],
)
def test_the_error_of_a_product_names_its_field(
    status: int, body: Any, headers: dict[str, str], remedy: str, make_response: ResponseFactory
) -> None:
    response = make_response(status, body, **headers)
    with pytest.raises(ConfigError) as refused:
        raise_for_refusal("sell_deals", response, is_child=False, is_first=True, credentials="sell")
    assert remedy in str(refused.value.message)
    assert "`credentials`" not in str(refused.value.message)


def test_a_deleted_account_is_a_configuration_error(make_response: ResponseFactory) -> None:
    with pytest.raises(ConfigError):
        raise_for_refusal("groups", make_response(404, NO_DESK), is_child=False, is_first=True)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": {"title": "Forbidden", "message": "No"}}, "Forbidden: No"),
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound: Not found"),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you"),
        ({"errors": [{"code": "InvalidPaginationDepth", "title": "Too deep"}]}, "InvalidPaginationDepth: Too deep"),
        ({"message": "Gone"}, "Gone"),
        ({}, ""), ([1], "1"), ("<html>\n  Bad\n</html>", "Bad"), (None, ""), ("x" * 999, "x" * 300),
    ],
)  # fmt: skip
def test_each_error_format_is_described_in_one_line(body: Any, text: str, make_response: ResponseFactory) -> None:
    assert error_text(make_response(403, body)) == text
