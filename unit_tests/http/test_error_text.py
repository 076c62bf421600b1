"""The reason of an error response is one line, whatever the body contains."""

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as some

from source_zendesk.errors import ConfigError, PaginationError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.error_text import error_code, error_text
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.refusals import ParentSkipped, StreamSkipped, raise_for_refusal
from source_zendesk.printable import printable_line
from source_zendesk.writes.error_handler import WriteErrorHandler, WriteOutcome

CLOSED = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"base": [{"description": "Status: closed prevents ticket update"}]},
}
TAKEN = {
    "error": "RecordInvalid",
    "details": {"email": [{"description": "a@b.c is in use", "error": "DuplicateValue"}]},
}
JSON_API = {"errors": [{"code": "InvalidValue", "title": "Bad", "detail": "limit is no number", "status": "400"}]}
OAUTH = {"error": "invalid_grant", "error_description": "The code expired"}
TREES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.sampled_from(["error", "errors", "details", "x"]), inner),
    max_leaves=20,
)
JSON_BODIES = TREES.map(lambda tree: json.dumps(tree).encode())
ODD_BODIES = some.sampled_from([b"[" * 90_000, b"\xef\xbb\xbf{}", b"9" * 5000, b"<html", b"", b"null", b"\xff\xfe<"])
CHARSETS = some.sampled_from(["", "foo", "utf-16", "idna", "latin-1"])


def response(status: int, content: bytes, charset: str = "") -> requests.Response:
    made = requests.Response()
    made.status_code, made._content, made.url = status, content, "https://acme.zendesk.com/api/v2/groups"
    made.headers["Content-Type"], made.encoding = f"application/json; charset={charset}", charset or None
    return made


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (CLOSED, "RecordInvalid: Record validation errors: Status: closed prevents ticket update"),
        (TAKEN, "RecordInvalid: email: DuplicateValue: a@b.c is in use"),
        (JSON_API, "InvalidValue: Bad: limit is no number"),
        (OAUTH, "invalid_grant: The code expired"),
        ({"errors": {"name": ["has already been taken"]}}, "name: has already been taken"),
        ({"errors": {"title": ["is too long"]}}, "title: is too long"),
        ({"errors": "Not this way"}, "Not this way"),
        ({"errors": ["one", "two"]}, "one; two"),
        ({"message": "a\x1b]0;b\nc"}, "a\N{REPLACEMENT CHARACTER}]0;b c"),
    ],
)
def test_each_error_format_is_described(body: Any, text: str) -> None:
    assert error_text(response(422, json.dumps(body).encode())) == text


@given(some.integers(400, 599), JSON_BODIES | ODD_BODIES | some.binary() | some.text().map(str.encode), CHARSETS)
def test_any_body_can_be_described(status: int, content: bytes, charset: str) -> None:
    error_response = response(status, content, charset)
    text = error_text(error_response)
    assert printable_line(text) == text
    assert len(text) <= 300
    error_code(error_response)
    detect_intermediary(error_response)
    outcome = WriteErrorHandler(RetryAfterBackoff({})).classify(error_response)
    if status < 500 and status not in (408, 429) and b"TooManyJobs" not in content:
        assert outcome is WriteOutcome.REFUSED
    for is_child in (True, False):
        with pytest.raises((ConfigError, PaginationError, StreamSkipped, ParentSkipped)):
            raise_for_refusal("groups", error_response, is_child=is_child, is_first=True)
