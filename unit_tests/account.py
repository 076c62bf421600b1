"""The account in tests of components; `requests_mock` returns its responses."""

from collections.abc import Mapping
from typing import Any, Protocol

import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import NoAuth

from source_zendesk.http.error_handler import ZendeskErrorHandler
from source_zendesk.http.requester import ZendeskRequester

ACCOUNT = "https://acme.zendesk.com"


class ResponseFactory(Protocol):
    """Makes a response of Zendesk."""

    def __call__(self, status: int = 200, body: Any = None, /, **headers: str) -> requests.Response:
        """The response with this status, body and headers."""


def requester(config: Mapping[str, Any] | None = None, http_method: str = "GET", retries: int = 0) -> ZendeskRequester:
    """The requester of a stream, by default without retries, so that an unexpected request fails the test."""
    return ZendeskRequester(
        name="groups",
        config=config or {},
        url=ACCOUNT,
        http_method=http_method,
        authenticator=NoAuth(parameters={}),
        error_handler=ZendeskErrorHandler({}, name="groups", retries=retries),
    )
