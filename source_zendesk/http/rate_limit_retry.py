"""Retries of rate-limited requests."""

import time
from collections.abc import Callable

import requests
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.http.backoff import is_throttled
from source_zendesk.http.refusals import to_user_error

LONGEST_IN_SECONDS = 3600.0


def send_within_limit(
    stream: str, send: Callable[[], requests.Response | None], credentials: str = "credentials"
) -> requests.Response | None:
    """The response; a rate-limited request is retried for up to an hour.

    The CDK stops after a fixed number of retries. A 429 is no failure of Zendesk, though: other integrations of the
    account use the same limit. For other failures, raises an error with stream, cause and remedy;
    `credentials` is the field of the configuration that signs the request. `PageSizeReductionRequiredException` passes
    unchanged.
    """
    deadline = time.monotonic() + LONGEST_IN_SECONDS
    while True:
        try:
            return send()
        except PageSizeReductionRequiredException:  # noqa: PERF203  # an iteration takes a minute
            raise
        except AirbyteTracedException as error:
            if not _is_rate_limited(error) or time.monotonic() > deadline:
                raise to_user_error(stream, error, credentials) from error


def _is_rate_limited(error: AirbyteTracedException) -> bool:
    last_failure = error.__context__
    return isinstance(last_failure, BaseBackoffException) and is_throttled(last_failure.response)
