"""The account in tests of components; `requests_mock` returns its responses."""

from typing import Any, Protocol

import requests
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester

from source_zendesk.http.error_handler import ZendeskErrorHandler

ACCOUNT = "https://acme.zendesk.com"


class ResponseFactory(Protocol):
    """Makes a response of Zendesk."""

    def __call__(self, status: int = 200, body: Any = None, /, **headers: str) -> requests.Response:
        """The response with this status, body and headers."""


def requester(http_method: str = "GET") -> HttpRequester:
    """The requester of a stream without retries, so that an unexpected request fails the test."""
    return HttpRequester(
        name="groups",
        config={},
        parameters={},
        url=ACCOUNT,
        http_method=http_method,
        error_handler=ZendeskErrorHandler({}, name="groups", retries=0),
    )
