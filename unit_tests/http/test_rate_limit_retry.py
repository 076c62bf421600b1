"""A rate limit does not end a request while Zendesk answers; other failures do."""

from collections.abc import Callable

import pytest
import requests
from airbyte_cdk.sources.streams.http.exceptions import UserDefinedBackoffException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import UnavailableError
from source_zendesk.http import rate_limit_retry
from source_zendesk.http.rate_limit_retry import send_within_limit
from unit_tests.account import Answering


def sender(*outcomes: requests.Response) -> Callable[[], requests.Response]:
    """Ends in the CDK's error for each response that is a failure."""
    waiting = list(outcomes)

    def send() -> requests.Response:
        response = waiting.pop(0)
        if response.ok:
            return response
        try:
            raise UserDefinedBackoffException(1, requests.PreparedRequest(), response, "it failed")
        except UserDefinedBackoffException:
            raise AirbyteTracedException(message="given up")  # noqa: B904  # as the CDK does

    return send


def test_a_refusal_by_a_rate_limit_is_sent_again(answer: Answering) -> None:
    limited = [answer(429)] * 3 + [answer(503, "Number of allowed API requests per minute exceeded")]
    assert send_within_limit("groups", sender(*limited, answer(200))).ok  # type: ignore[union-attr]


def test_after_an_hour_it_is_an_error(answer: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit_retry, "LONGEST_IN_SECONDS", -1.0)
    with pytest.raises(UnavailableError, match="groups"):
        send_within_limit("groups", sender(answer(429), answer(200)))


def test_another_failure_is_an_error_at_once(answer: Answering) -> None:
    with pytest.raises(UnavailableError, match="groups"):
        send_within_limit("groups", sender(answer(500), answer(200)))
