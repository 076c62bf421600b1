"""A write is sent again only if Zendesk did not do it, or knows its idempotency key."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import IncompleteRead
from typing import Any

import pytest
import requests
from requests_mock import Mocker
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from source_zendesk.errors import ConfigError, TokenError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.refusals import WriteRefused, WriteUnknown
from source_zendesk.writes.error_handler import WriteErrorHandler
from source_zendesk.writes.requester import WriteRequester
from unit_tests.account import ACCOUNT
from unit_tests.writes.write_helpers import Clock

HOUR = 3600.0
CONFIG = {"api_url": ACCOUNT, "on_behalf_of": "", "credentials": {"credentials": "api_token"}}
URL = f"{ACCOUNT}/api/v2/tickets"
Replies = list[dict[str, Any]]


@dataclass
class Budget:
    """A rate limit that each request waits for."""

    clock: Clock
    seconds: float
    updates: list[int] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    def acquire_call(self, request: requests.PreparedRequest) -> None:
        self.clock.now += self.seconds
        self.signatures.append(request.headers["Authorization"])

    def update_from_response(self, _: requests.PreparedRequest, response: requests.Response) -> None:
        self.updates.append(response.status_code)


class Tokens:
    """Signs with the tokens 1, 2, ...; has only `count` of them."""

    def __init__(self, count: int) -> None:
        self._count, self._used = count, 0

    def get_auth_header(self) -> Mapping[str, Any]:
        if self._used == self._count:
            raise TokenError("busy")
        self._used += 1
        return {"Authorization": f"Bearer {self._used}"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in ("http.retry_loop", "writes.requester"):
        monkeypatch.setattr(f"source_zendesk.{module}.time", made)
    return made


def requester(
    clock: Clock | None = None, budget: Any = None, *, seconds: float = 0, tokens: int = 9, **config: Any
) -> WriteRequester:
    handler = WriteErrorHandler(RetryAfterBackoff({}))
    budget = budget or Budget(clock or Clock(), seconds)
    return WriteRequester("create_ticket", {**CONFIG, **config}, "POST", Tokens(tokens), handler, budget)


def send(made: WriteRequester, clock: Clock, key: str = "", *, is_repetition: bool = False) -> requests.Response:
    """Send a request with a key that expires in two hours."""
    request = made.sign(made.prepare("/api/v2/tickets", {}, {"json": {}}, key))
    return made.send(request, clock.sleep, 2 * HOUR, is_repetition=is_repetition)


@pytest.mark.parametrize(
    ("arguments", "config", "headers", "url", "body"),
    [
        (
            ("/api/v2/tickets", {}, {"json": {"a": 1}}),
            {},
            {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": None},
            URL,
            b'{"a": 1}',
        ),
        (
            ("/api/v2/tickets", {"ids": "1,2", "role[]": ["a", "b"]}, {}, "k"),
            {"on_behalf_of": "a@b.c"},
            {"X-On-Behalf-Of": "a@b.c", "Idempotency-Key": "k"},
            f"{URL}?ids=1%2C2&role%5B%5D=a&role%5B%5D=b",
            None,
        ),
        (
            ("/api/v2/uploads", {}, {"data": b"x", "headers": {"Content-Type": "image/png"}}),
            {},
            {"Content-Type": "image/png", "X-On-Behalf-Of": None},
            f"{ACCOUNT}/api/v2/uploads",
            b"x",
        ),
    ],
)
def test_a_request_has_its_parameters_payload_and_headers(
    arguments: Any, config: dict[str, Any], headers: dict[str, str | None], url: str, body: bytes | None
) -> None:
    request = requester(**config).prepare(*arguments)
    assert (request.method, request.url, request.body) == ("POST", url, body)
    assert {name: request.headers.get(name) for name in headers} == headers
    assert "Authorization" not in request.headers


class Truncated(io.BytesIO):
    """A body that ends before its length."""

    def read(self, *_: Any) -> bytes:
        raise IncompleteRead(b"")


SCOPES = {"error": "Forbidden", "description": "Missing the following required scopes: write"}
REFUSED_CONNECTION = requests.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(HTTPConnection("x"), "refused"))  # type: ignore[arg-type]
)
BUSY = {"status_code": 429, "headers": {"Retry-After": "7"}}
JOB_LIMIT = {"status_code": 400, "json": {"error": "TooManyJobs"}, "headers": {"Retry-After": "7"}}
DONE = {"status_code": 201, "json": {}}
FAILED = {"status_code": 500}


@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        ({"status_code": 422, "json": {"error": "RecordInvalid"}}, WriteRefused, "^status 422, RecordInvalid$"),
        ({"status_code": 403}, WriteRefused, "^status 403, no reason given$"),
        ({"status_code": 401}, ConfigError, r"refuses the credentials; check `credentials` \(api_token\)"),
        ({"status_code": 403, "json": SCOPES}, ConfigError, "lacks the scope `write`; create one with the scopes"),
        (FAILED, WriteUnknown, "^status 500, no reason given$"),
        (
            {"status_code": 302, "headers": {"Location": "/api/v2/tickets/1?token=secret"}},
            WriteUnknown,
            "^status 302, a redirect to acme.zendesk.com/api/v2/tickets/1$",
        ),
        ({"exc": requests.ReadTimeout()}, WriteUnknown, r"^no response \(ReadTimeout\): "),
        ({"exc": requests.exceptions.InvalidURL()}, WriteRefused, r"^no response \(InvalidURL\): "),
        ({"status_code": 201, "body": Truncated()}, WriteUnknown, r"^no response \(ChunkedEncodingError\): "),
        ({"status_code": 422, "body": Truncated()}, WriteRefused, "^status 422, no reason given$"),
    ],
)
def test_a_write_that_failed_is_sent_once(
    reply: dict[str, Any], error: type[Exception], text: str, clock: Clock, requests_mock: Mocker
) -> None:
    requests_mock.post(URL, **reply)
    with pytest.raises(error, match=text):
        send(requester(clock), clock)
    assert (requests_mock.call_count, clock.slept) == (1, [])


@pytest.mark.parametrize("reply", [BUSY, JOB_LIMIT, {"exc": REFUSED_CONNECTION}])
def test_a_write_that_was_not_done_is_signed_and_sent_again(
    reply: dict[str, Any], clock: Clock, requests_mock: Mocker
) -> None:
    requests_mock.post(URL, [reply, reply, DONE])
    budget = Budget(clock, 0)
    assert send(requester(clock, budget), clock).status_code == 201
    assert budget.signatures == ["Bearer 1", "Bearer 2", "Bearer 3"]
    assert len(clock.slept) == 2
    assert min(clock.slept) >= (7 if "headers" in reply else 0)


def test_a_write_that_was_not_done_is_given_up_after_its_longest_wait(clock: Clock, requests_mock: Mocker) -> None:
    requests_mock.post(URL, status_code=429, headers={"Retry-After": str(HOUR)})
    with pytest.raises(WriteRefused, match="status 429"):
        send(requester(clock), clock)
    assert (requests_mock.call_count, clock.now) == (3, 2 * HOUR)


@pytest.mark.parametrize(("failures", "is_done"), [(4, True), (5, False)])
def test_a_write_with_a_key_is_repeated_four_times(
    failures: int, clock: Clock, requests_mock: Mocker, *, is_done: bool
) -> None:
    requests_mock.post(URL, [*[FAILED] * failures, DONE])
    if is_done:
        assert send(requester(clock), clock, "key").status_code == 201
    else:
        with pytest.raises(WriteUnknown, match="status 500"):
            send(requester(clock), clock, "key")
    assert requests_mock.call_count == 5


def test_a_write_that_may_be_done_stays_unknown_if_a_repetition_is_refused(clock: Clock, requests_mock: Mocker) -> None:
    requests_mock.post(URL, [FAILED, {"status_code": 422}])
    with pytest.raises(WriteUnknown, match="status 422"):
        send(requester(clock), clock, "key")


@pytest.mark.parametrize(("reply", "key", "error"), [(BUSY, "", TokenError), (FAILED, "key", WriteUnknown)])
def test_without_a_token_for_the_retry_only_a_write_that_may_be_done_is_unknown(
    reply: dict[str, Any], key: str, error: type[Exception], clock: Clock, requests_mock: Mocker
) -> None:
    requests_mock.post(URL, **reply)
    with pytest.raises(error, match="busy"):
        send(requester(clock, tokens=1), clock, key)


def test_the_limit_of_jobs_does_not_change_the_rate_limits(clock: Clock, requests_mock: Mocker) -> None:
    requests_mock.post(URL, [JOB_LIMIT, BUSY, DONE])
    budget = Budget(clock, 0)
    send(requester(clock, budget), clock)
    assert budget.updates == [429, 201]


@pytest.mark.parametrize(
    ("replies", "seconds", "is_repetition", "sent"),
    [([DONE], 3 * HOUR, True, 0), ([FAILED, DONE], 1.5 * HOUR, False, 1)],
    ids=["of an earlier run", "of an uncertain attempt"],
)
def test_a_repetition_is_not_sent_once_its_key_expired(
    replies: Replies, seconds: float, sent: int, clock: Clock, requests_mock: Mocker, *, is_repetition: bool
) -> None:
    requests_mock.post(URL, replies)
    with pytest.raises(WriteUnknown, match="idempotency key expired"):
        send(requester(clock, seconds=seconds), clock, "key", is_repetition=is_repetition)
    assert requests_mock.call_count == sent


@pytest.mark.parametrize(
    ("replies", "seconds", "is_repetition"),
    [([DONE], 3 * HOUR, False), ([FAILED, DONE], 0.5 * HOUR, True)],
    ids=["the first time", "while Zendesk knows its key"],
)
def test_a_request_is_sent_while_no_key_expired(
    replies: Replies, seconds: float, clock: Clock, requests_mock: Mocker, *, is_repetition: bool
) -> None:
    requests_mock.post(URL, replies)
    send(requester(clock, seconds=seconds), clock, "key", is_repetition=is_repetition)
    assert requests_mock.call_count == len(replies)


DATE, SECONDS = {"Date": "Thu, 01 Jan 2026 00:00:30 GMT"}, 1767225630


def test_the_clock_of_zendesk_is_requested_once_and_unsigned(requests_mock: Mocker) -> None:
    requests_mock.head(f"{ACCOUNT}/api/v2", headers=DATE, status_code=404)
    made = requester()
    assert [int(made.server_time() or 0) // 60 * 60 for _ in range(2)] == [SECONDS // 60 * 60] * 2
    (request,) = requests_mock.request_history
    assert "Authorization" not in request.headers


def test_the_clock_of_zendesk_is_known_after_a_write(clock: Clock, requests_mock: Mocker) -> None:
    requests_mock.post(URL, [{**DONE, "headers": DATE}])
    made = requester(clock)
    send(made, clock)
    assert made.server_time() is not None
    assert requests_mock.call_count == 1


def test_the_clock_of_zendesk_is_unknown_without_a_response(requests_mock: Mocker) -> None:
    requests_mock.head(f"{ACCOUNT}/api/v2", exc=requests.ConnectTimeout())
    assert requester().server_time() is None
