"""The error handler of writes: done, retry, refused, or unknown."""

import ssl
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from source_zendesk.http.backoff import RetryAfterBackoff, is_throttled
from source_zendesk.http.error_text import error_code
from source_zendesk.http.intermediaries import is_sign_in, redirect_target
from source_zendesk.http.origin_guard import CrossOriginError
from source_zendesk.http.reachability import UnreachedError

TOO_MANY_JOBS = "TooManyJobs"
REQUEST_TIMEOUT, SEE_OTHER = 408, 303
# A server may redirect after it did a write: Moved Permanently, Found, See Other. 307 and 308 require another request.
REDIRECTS_AFTER_WRITES = (301, 302, SEE_OTHER)
DEFAULT_PORTS = (None, 80, 443)
# urllib3 raises ProxyError only before the connection through the proxy is established.
NEVER_SENT = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.ProxyError,
    CrossOriginError,
    UnreachedError,
)


class WriteOutcome(Enum):
    """The meaning of a response to a write, or of a missing response."""

    DONE = "done"
    RETRY = "not done, and may be sent again"
    REFUSED = "not done"
    UNKNOWN = "may have been done"


@dataclass
class WriteErrorHandler:
    """Classifies the outcomes of writes so that no write is done twice.

    Certainly not done, so retried: rate-limited writes (429, 503 with the rate limit's text, too many jobs) and refused
    connections. After 5xx, a dropped connection, a timeout or a redirect within the account, it is unknown whether the
    write was done. Such a write is retried up to `uncertain_retries` times if it has an idempotency key, and never
    without one.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    backoff_strategy: RetryAfterBackoff
    longest_wait_in_seconds: int = 7200
    uncertain_retries: int = 4

    def classify(self, outcome: requests.Response | requests.RequestException) -> WriteOutcome:
        """The meaning of a response, or of the exception raised instead of it."""
        if not isinstance(outcome, requests.Response):
            return _classify_exception(outcome)
        if outcome.status_code < 200:
            return WriteOutcome.UNKNOWN
        if outcome.status_code < 300:
            return WriteOutcome.DONE
        if _is_throttled(outcome):
            return WriteOutcome.RETRY
        return WriteOutcome.UNKNOWN if _may_be_done(outcome) else WriteOutcome.REFUSED

    def wait_seconds(self, outcome: requests.Response | requests.RequestException, attempt: int) -> float:
        """Seconds to wait before the retry."""
        return self.backoff_strategy.wait_seconds(outcome, attempt)


def is_job_limit(response: requests.Response) -> bool:
    """Whether Zendesk refuses a write because of too many jobs in flight, independent of the rate limits.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
    """
    return 400 <= response.status_code < 500 and error_code(response) == TOO_MANY_JOBS


def _is_throttled(response: requests.Response) -> bool:
    return is_throttled(response) or is_job_limit(response)


def _may_be_done(response: requests.Response) -> bool:
    status = response.status_code
    if status in REDIRECTS_AFTER_WRITES:
        return not _leads_elsewhere(response)
    return status >= 500 or status == REQUEST_TIMEOUT


def _leads_elsewhere(response: requests.Response) -> bool:
    """Whether a redirect leads to a sign-in page or, unless its status is 303, to another host than the account's."""
    target = redirect_target(response)
    if not target:
        return False
    is_other_host = _host_and_port(target) != _host_and_port(response.url)
    return is_sign_in(target) or (is_other_host and response.status_code != SEE_OTHER)


def _host_and_port(address: str) -> tuple[str | None, int | None]:
    parts = urlsplit(address)
    return parts.hostname, None if parts.port in DEFAULT_PORTS else parts.port


def _classify_exception(exception: requests.RequestException) -> WriteOutcome:
    reason = getattr(exception.args[0], "reason", None) if exception.args else None
    if isinstance(exception, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return WriteOutcome.RETRY
    causes = reason.args if isinstance(reason, Exception) else ()
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return WriteOutcome.REFUSED
    return WriteOutcome.REFUSED if isinstance(exception, NEVER_SENT) else WriteOutcome.UNKNOWN
