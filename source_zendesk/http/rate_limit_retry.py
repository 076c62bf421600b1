"""Retries of requests that a rate limit refuses."""

import time
from collections.abc import Callable

import requests
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.http.backoff import is_throttled
from source_zendesk.http.refusals import to_user_error

LONGEST_IN_SECONDS = 3600.0


def send_within_limit(stream: str, send: Callable[[], requests.Response | None]) -> requests.Response | None:
    """The response; a refusal by a rate limit is retried for an hour, as long as Zendesk keeps answering.

    The CDK ends its retries after a number of refusals, which is no sign of a failure: other integrations of the
    account take from the same limit. Raises the error of every other request that the CDK gave up, with its stream,
    cause and remedy; a request for a smaller page passes as it is.
    """
    deadline = time.monotonic() + LONGEST_IN_SECONDS
    while True:
        try:
            return send()
        except PageSizeReductionRequiredException:  # noqa: PERF203  # a round takes a minute
            raise
        except AirbyteTracedException as error:
            if not _is_rate_limited(error) or time.monotonic() > deadline:
                raise to_user_error(stream, error) from error


def _is_rate_limited(error: AirbyteTracedException) -> bool:
    given_up = error.__context__
    return isinstance(given_up, BaseBackoffException) and is_throttled(given_up.response)
