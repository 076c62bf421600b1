"""Rate-limited requests are retried for an hour; other failures raise at once."""

from collections.abc import Callable

import pytest
import requests
from airbyte_cdk.sources.streams.http.exceptions import UserDefinedBackoffException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError, UnavailableError
from source_zendesk.http import rate_limit_retry
from source_zendesk.http.rate_limit_retry import send_within_limit
from unit_tests.account import ResponseFactory


def sender(*outcomes: requests.Response) -> Callable[[], requests.Response]:
    """Raises the CDK's error for each failed response."""
    pending = list(outcomes)

    def send() -> requests.Response:
        response = pending.pop(0)
        if response.ok:
            return response
        try:
            raise UserDefinedBackoffException(1, requests.PreparedRequest(), response, "it failed")
        except UserDefinedBackoffException:
            raise AirbyteTracedException(message="given up")  # noqa: B904  # as the CDK does

    return send


def test_a_rate_limited_request_is_retried(make_response: ResponseFactory) -> None:
    limited = [make_response(429)] * 3 + [make_response(503, "Number of allowed API requests per minute exceeded")]
    assert send_within_limit("groups", sender(*limited, make_response(200))).ok  # type: ignore[union-attr]


def test_a_rate_limit_that_lasts_an_hour_is_an_error(
    make_response: ResponseFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit_retry, "LONGEST_IN_SECONDS", -1.0)
    with pytest.raises(UnavailableError, match="groups"):
        send_within_limit("groups", sender(make_response(429), make_response(200)))


def test_other_failures_raise_at_once(make_response: ResponseFactory) -> None:
    with pytest.raises(UnavailableError, match="groups"):
        send_within_limit("groups", sender(make_response(500), make_response(200)))


def test_a_refusal_without_a_remedy_names_the_field_of_the_credentials() -> None:
    def send() -> requests.Response:
        raise ConfigError("Zendesk rejects the refresh token.")

    with pytest.raises(ConfigError, match=r"Stream sell_deals: .* Check `sell`\."):
        send_within_limit("sell_deals", send, "sell")
    with pytest.raises(ConfigError, match=r"Stream groups: .* Check `credentials`\."):
        send_within_limit("groups", send)
