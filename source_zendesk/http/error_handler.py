"""The error handler of reads: continue, retry, reduce the page size, or fail."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers import BackoffStrategy, ErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction

from source_zendesk.http.backoff import is_throttled
from source_zendesk.http.bounded_response import BoundedAdapter, ResponseTooLargeError
from source_zendesk.http.connection_failure import classify_failure
from source_zendesk.http.error_text import name_credentials
from source_zendesk.http.intermediaries import detect_intermediary, is_sign_in
from source_zendesk.http.origin_guard import CrossOriginError
from source_zendesk.http.reachability import UnreachedError
from source_zendesk.http.response import parse
from source_zendesk.http.session import credentials_field

REFRESHABLE = ("client_credentials", "oauth2_refresh")
OVERLOADED = (502, 503, 504)


@dataclass
class ZendeskErrorHandler(ErrorHandler):
    """Classifies the responses to read requests; the retriever handles the ignored ones with status 400 and above.

    Retried: 429, 5xx, 408, 409, dropped connections, timeouts, and responses with status 200 that are empty or not
    JSON. With `reducible`, 502, 503, 504 and timeouts reduce the page size instead, except a 503 with `Retry-After`.
    After the last retry of a request whose responses were web pages, no other request to this host is retried for one.
    401 is a configuration error, after one token refresh if the credentials support it.
    https://developer.zendesk.com/api-reference/introduction/requests/#response-codes
    """

    config: Mapping[str, Any]
    name: str = ""
    reducible: bool = False
    retries: int = 8
    longest_time_in_seconds: int = 7200
    backoff_strategies: list[BackoffStrategy] = field(default_factory=list)
    connections: BoundedAdapter | None = None
    _attempts: threading.local = field(default_factory=threading.local, init=False, repr=False)

    @property
    def max_retries(self) -> int:
        """The maximum number of retries of one request."""
        return self.retries

    @property
    def max_time(self) -> int:
        """The maximum seconds of all attempts at one request."""
        return self.longest_time_in_seconds

    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        """The action for a response, or for the exception raised instead of it."""
        if not isinstance(response_or_exception, requests.Response):
            return self._resolve_exception(response_or_exception)
        if response_or_exception.status_code >= 400:
            return self._resolve_error_status(response_or_exception)
        return self._resolve_success(response_or_exception)

    def _resolve_exception(self, exception: Exception | None) -> ErrorResolution:
        if isinstance(exception, CrossOriginError):
            return self._resolution(ResponseAction.FAIL, str(exception), "config_error")
        if isinstance(exception, requests.exceptions.InvalidProxyURL):
            cause = "the proxy's address is not valid; check `HTTPS_PROXY`"
            return self._resolution(ResponseAction.FAIL, cause, "config_error")
        if isinstance(exception, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            return self._resolution(ResponseAction.FAIL, "the address is not valid; check `subdomain`", "config_error")
        if self.reducible and isinstance(exception, requests.exceptions.ReadTimeout):
            return self._resolution(ResponseAction.REDUCE_PAGE_SIZE, "no response in time")
        if isinstance(exception, ResponseTooLargeError):
            return self._too_large(exception)
        cause, remedy = classify_failure(exception or requests.RequestException())
        if isinstance(exception, UnreachedError):
            return self._resolution(ResponseAction.FAIL, f"{exception}: {cause}; {remedy}")
        return self._resolution(ResponseAction.RETRY, f"no response from Zendesk, {cause} ({remedy})")

    def _too_large(self, exception: ResponseTooLargeError) -> ErrorResolution:
        if self.reducible:
            return self._resolution(ResponseAction.REDUCE_PAGE_SIZE, str(exception))
        remedy = "deselect the stream, and report the size of the response to Zendesk"
        return self._resolution(ResponseAction.FAIL, f"{exception}; {remedy}", "system_error")

    def _resolve_success(self, response: requests.Response) -> ErrorResolution:
        if not response.content and response.status_code >= 300:
            cause = f"an empty response of status {response.status_code}, which is none of Zendesk's"
            remedy = "check `subdomain`, and the firewall or proxy on the way"
            return self._resolution(ResponseAction.FAIL, f"{cause}; {remedy}", "config_error")
        if not response.content and response.status_code != 204:
            return self._resolution(
                ResponseAction.RETRY, f"the response is empty, although its status is {response.status_code}"
            )
        try:
            body = parse(response.content, self.name)
        except ValueError:
            return self._not_json(response)
        response.zendesk_body = body  # type: ignore[attr-defined]
        self._attempts.web_pages = 0
        return self._resolution(ResponseAction.SUCCESS, "")

    def _not_json(self, response: requests.Response) -> ErrorResolution:
        failure = detect_intermediary(response)
        if failure and is_sign_in(response.url):
            return self._resolution(ResponseAction.FAIL, f"{failure.cause}; {failure.remedy}", "config_error")
        not_json = "the response is not JSON, although its status is 200"
        cause = f"{failure.cause} ({failure.remedy})" if failure else not_json
        action = ResponseAction.FAIL if failure and self._is_web_page_final(response) else ResponseAction.RETRY
        return self._resolution(action, cause)

    def _is_web_page_final(self, response: requests.Response) -> bool:
        """Whether all attempts at another request to this host returned web pages; counts the attempts of a thread."""
        if self.connections is None:
            return False
        host = self.connections.reachability.for_url(response.url)
        if host.sends_web_pages:
            return True
        self._attempts.web_pages = getattr(self._attempts, "web_pages", 0) + 1
        host.sends_web_pages = self._attempts.web_pages > self.retries
        return False

    def _resolve_error_status(self, response: requests.Response) -> ErrorResolution:
        status = response.status_code
        if is_throttled(response):
            # The API budget emits the status RATE_LIMITED; for that action, the CDK prints one for each request.
            return self._resolution(ResponseAction.RETRY, "the rate limit is reached")
        if status == 401:
            return self._resolve_unauthorized()
        if self.reducible and status in OVERLOADED and not (status == 503 and response.headers.get("Retry-After")):
            return self._resolution(ResponseAction.REDUCE_PAGE_SIZE, f"status {status}")
        if status >= 500 or status in (408, 409):
            return self._resolution(ResponseAction.RETRY, f"Zendesk keeps returning status {status}")
        return self._resolution(ResponseAction.IGNORE, f"status {status}")

    def _resolve_unauthorized(self) -> ErrorResolution:
        kind = self.config.get("credentials", {}).get("credentials")
        action = ResponseAction.REFRESH_TOKEN_THEN_RETRY if kind in REFRESHABLE else ResponseAction.FAIL
        expected = self.config.get("expected_credentials") or f"`credentials` ({kind})"
        cause = f"Zendesk refuses the credentials (401); check {expected}"
        return self._resolution(action, cause, "config_error")

    def _resolution(self, action: ResponseAction, cause: str, failure: str = "transient_error") -> ErrorResolution:
        message = f"Stream {self.name}: {name_credentials(cause, credentials_field(self.config))}." if cause else None
        return ErrorResolution(action, FailureType(failure), message)
