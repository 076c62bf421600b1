"""A write is not repeated under an idempotency key that Zendesk may have forgotten."""

from typing import Any

import pytest
import requests

from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.refusals import WriteUnknown
from source_zendesk.writes.error_handler import WriteErrorHandler
from source_zendesk.writes.requester import WriteRequester
from unit_tests.account import ACCOUNT

HOUR = 3600.0
CONFIG = {"api_url": ACCOUNT, "on_behalf_of": "", "credentials": {"credentials": "api_token"}}


class _Clock:
    """A clock that moves on only when something is waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class _Busy:
    """A rate limit that is waited for each time."""

    def __init__(self, clock: _Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def acquire_call(self, _: Any) -> None:
        self._clock.now += self._seconds

    def update_from_response(self, *_: Any) -> None:
        """It stays as it is."""


class _Unsigned:
    def get_auth_header(self) -> dict[str, str]:
        return {}


class _Requester(WriteRequester):
    """Gets the first response with the status of the test, and then status 201."""

    first_status: int
    sent = 0

    def _dispatch(self, request: requests.PreparedRequest, timeout: Any) -> requests.Response:
        self.sent += 1
        response = requests.Response()
        response.status_code, response._content = self.first_status if self.sent == 1 else 201, b"{}"
        response.request = request
        return response


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    made = _Clock()
    monkeypatch.setattr("source_zendesk.writes.requester.time", made)
    return made


def requester(clock: _Clock, status: int, seconds: float) -> _Requester:
    handler = WriteErrorHandler(RetryAfterBackoff({}))
    made = _Requester("create_ticket", CONFIG, "POST", _Unsigned(), handler, _Busy(clock, seconds))  # type: ignore[arg-type]
    made.first_status = status
    return made


def send(made: _Requester, clock: _Clock, *, is_repetition: bool) -> None:
    """Send a request with a key that expires in two hours."""
    request = made.prepare("/api/v2/tickets", {}, {"json": {}}, "key")
    made.send(request, clock.sleep, 2 * HOUR, is_repetition=is_repetition)


@pytest.mark.parametrize(
    ("status", "seconds", "is_repetition", "sent"),
    [(201, 3 * HOUR, True, 0), (500, 1.5 * HOUR, False, 1)],
    ids=["of an earlier run", "of an uncertain attempt"],
)
def test_a_repetition_is_not_sent_once_its_key_expired(
    status: int, seconds: float, sent: int, clock: _Clock, *, is_repetition: bool
) -> None:
    made = requester(clock, status, seconds)
    with pytest.raises(WriteUnknown, match="idempotency key expired"):
        send(made, clock, is_repetition=is_repetition)
    assert made.sent == sent


@pytest.mark.parametrize(
    ("status", "seconds", "is_repetition", "sent"),
    [(201, 3 * HOUR, False, 1), (500, 0.5 * HOUR, True, 2)],
    ids=["the first time", "while Zendesk knows its key"],
)
def test_a_request_is_sent_while_no_key_expired(
    status: int, seconds: float, sent: int, clock: _Clock, *, is_repetition: bool
) -> None:
    made = requester(clock, status, seconds)
    send(made, clock, is_repetition=is_repetition)
    assert made.sent == sent
