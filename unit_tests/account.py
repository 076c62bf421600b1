"""The account that components ask in their tests; `requests_mock` answers for it."""

from typing import Any, Protocol

import requests
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester

from source_zendesk.http.error_handler import ZendeskErrorHandler

ACCOUNT = "https://acme.zendesk.com"


class Answering(Protocol):
    """What gets an answer of Zendesk."""

    def __call__(self, status: int = 200, body: Any = None, /, **headers: str) -> requests.Response:
        """The answer."""


def requester(http_method: str = "GET") -> HttpRequester:
    """What sends the requests of a stream; it asks once, so that a request that nothing answers fails the test."""
    return HttpRequester(
        name="groups",
        config={},
        parameters={},
        url=ACCOUNT,
        http_method=http_method,
        error_handler=ZendeskErrorHandler({}, name="groups", retries=0),
    )
