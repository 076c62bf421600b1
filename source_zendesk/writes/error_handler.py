"""The error handler of writes: done, retry, refused, or unknown."""

import ssl
from dataclasses import dataclass
from enum import Enum

import requests
from urllib3.exceptions import NewConnectionError

from source_zendesk.http.backoff import RetryAfterBackoff, is_throttled
from source_zendesk.http.error_text import error_code
from source_zendesk.http.session import CrossOriginError

TOO_MANY_JOBS = "TooManyJobs"
# See Other: what was asked may have been done, and its result be elsewhere. Request Timeout.
UNCERTAIN_STATUSES = (303, 408)
# urllib3 raises that of a proxy only before there is a connection through it.
NEVER_SENT = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.ProxyError,
    CrossOriginError,
)


class WriteOutcome(Enum):
    """What an answer to a write, or its absence, means."""

    DONE = "done"
    RETRY = "not done, and may be sent again"
    REFUSED = "not done"
    UNKNOWN = "may have been done"


@dataclass
class WriteErrorHandler:
    """Sorts the answers to writes so that none is done twice.

    Not done for certain, so sent again: what Zendesk throttled (429, 503 with the throttle's message, too many jobs)
    and connections that were refused. 5xx, dropped connections and timeouts leave it open whether the write was done;
    those are sent again, `doubts` times at most, only where Zendesk tells a repetition by its key.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    backoff_strategy: RetryAfterBackoff
    longest_wait_in_seconds: int = 7200
    uncertain_retries: int = 4

    def classify(self, outcome: requests.Response | requests.RequestException) -> WriteOutcome:
        """What an answer, or the exception in its place, means."""
        if not isinstance(outcome, requests.Response):
            return _classify_exception(outcome)
        if outcome.status_code < 300:
            return WriteOutcome.DONE
        if _is_throttled(outcome):
            return WriteOutcome.RETRY
        return (
            WriteOutcome.UNKNOWN
            if outcome.status_code >= 500 or outcome.status_code in UNCERTAIN_STATUSES
            else WriteOutcome.REFUSED
        )

    def wait_seconds(self, outcome: requests.Response | requests.RequestException, attempt: int) -> float:
        """Seconds to wait before it is sent again."""
        return self.backoff_strategy.wait_seconds(outcome, attempt)


def is_job_limit(response: requests.Response) -> bool:
    """Whether a write is refused because of the jobs in flight; the limits of requests have nothing to do with it.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
    """
    return 400 <= response.status_code < 500 and error_code(response) == TOO_MANY_JOBS


def _is_throttled(response: requests.Response) -> bool:
    return is_throttled(response) or is_job_limit(response)


def _classify_exception(exception: requests.RequestException) -> WriteOutcome:
    reason = getattr(exception.args[0], "reason", None) if exception.args else None
    if isinstance(exception, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return WriteOutcome.RETRY
    causes = reason.args if isinstance(reason, Exception) else ()
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return WriteOutcome.REFUSED
    return WriteOutcome.REFUSED if isinstance(exception, NEVER_SENT) else WriteOutcome.UNKNOWN
