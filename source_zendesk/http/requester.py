"""The requester of reads: the CDK's HTTP client and its retries over a session for the account only."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString
from airbyte_cdk.sources.declarative.requesters.requester import HttpMethod, Requester
from airbyte_cdk.sources.streams.call_rate import APIBudget
from airbyte_cdk.sources.streams.http import HttpClient

from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.error_handler import ZendeskErrorHandler
from source_zendesk.http.origin_guard import origin
from source_zendesk.http.read_session import ReadSession
from source_zendesk.http.session import SYNC_TIMEOUTS, account_session, data_headers


@dataclass
class ZendeskRequester(Requester):
    """Sends requests to the account at `url`, or to a brand of it, and no credentials anywhere else.

    The caller passes path, query and body. The API budget delays each request, and the error handler decides whether
    it is retried.
    """

    name: str
    config: Mapping[str, object]
    url: str
    authenticator: DeclarativeAuthenticator
    error_handler: ZendeskErrorHandler
    http_method: str = "GET"
    api_budget: APIBudget | None = None
    connections: BoundedAdapter | None = None

    def __post_init__(self) -> None:
        """Prepare the session, which connects with the first request; the credentials are not read yet."""
        self._account_url = str(InterpolatedString.create(self.url, parameters={}).eval(self.config)).rstrip("/")
        self._brand_origins: set[str] = set()
        budget = self.api_budget or APIBudget(policies=[])
        session, left_out = ReadSession(budget), str(self.config.get("left_out", ""))
        self._session = account_session(self._account_url, self._brand_origins, session, self.connections, left_out)
        self._session.headers.update(data_headers(self.config))
        self._client = HttpClient(
            name=self.name,
            logger=logging.getLogger(f"airbyte.requester.{self.name}"),
            error_handler=self.error_handler,
            api_budget=budget,
            session=self._session,
            authenticator=self.authenticator,
            backoff_strategy=self.error_handler.backoff_strategies,
            request_timeout=SYNC_TIMEOUTS.timeout,
        )

    def add_response_hook(self, hook: Callable[[], None]) -> None:
        """Call the hook once for each response that arrives, those of retries and redirects included."""
        self._session.hooks["response"].append(lambda *_, **__: hook())

    def send_request(
        self,
        *_: object,
        path: str | None = None,
        request_params: Mapping[str, Any] | None = None,
        request_headers: Mapping[str, Any] | None = None,
        request_body_json: Mapping[str, object] | None = None,
        stream_slice: Mapping[str, object] | None = None,
        **__: object,
    ) -> requests.Response | None:
        """The response to a request for a path of the account, or of the brand at the slice's `address`.

        Raises the errors of the CDK's HTTP client.
        """
        url = self.get_url(stream_slice=stream_slice)
        if stream_slice:
            self._brand_origins.add(origin(url))
        return self._client.send_request(
            self.http_method,
            f"{url}{path or ''}",
            request_kwargs={},
            headers=request_headers,
            params=request_params,
            json=request_body_json,
        )[1]

    def get_authenticator(self) -> DeclarativeAuthenticator:
        """The authenticator of all requests."""
        return self.authenticator

    def get_url(self, *, stream_slice: Mapping[str, object] | None = None, **_: object) -> str:
        """The address of the account, or the slice's `address` of a brand."""
        return str(stream_slice["address"]) if stream_slice else self._account_url

    def get_url_base(self, **options: Any) -> str:
        """The same."""
        return self.get_url(**options)

    def get_path(self, **_: object) -> str:
        """Empty: the caller passes the path."""
        return ""

    def get_method(self) -> HttpMethod:
        """The method of all requests."""
        return HttpMethod[self.http_method]

    def get_request_headers(self, **_: object) -> Mapping[str, object]:
        """The headers of all requests, without the signature."""
        return data_headers(self.config)

    def get_request_params(self, **_: object) -> dict[str, object]:
        """Empty: the caller passes the query."""
        return {}

    def get_request_body_data(self, **_: object) -> Mapping[str, object]:
        """Empty: no read sends a form."""
        return {}

    def get_request_body_json(self, **_: object) -> Mapping[str, object]:
        """Empty: the caller passes the body."""
        return {}
