"""What became of a write."""

import ssl
from dataclasses import dataclass
from enum import Enum

import requests
from urllib3.exceptions import NewConnectionError

from source_zendesk.components.requests.account_only import ElsewhereError
from source_zendesk.components.requests.error_text import error_code
from source_zendesk.components.requests.retry_wait import RetryWait, is_throttled

TOO_MANY_JOBS = "TooManyJobs"
# See Other: what was asked may have been done, and its result be elsewhere. Request Timeout.
DOUBTFUL = (303, 408)
# urllib3 raises that of a proxy only before there is a connection through it.
NEVER_SENT = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.ProxyError,
    ElsewhereError,
)


class Verdict(Enum):
    """What an answer to a write, or its absence, means."""

    DONE = "done"
    AGAIN = "not done, and may be sent again"
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

    backoff_strategy: RetryWait
    longest_wait_in_seconds: int = 7200
    doubts: int = 4

    def verdict(self, outcome: requests.Response | requests.RequestException) -> Verdict:
        """What an answer, or the exception in its place, means."""
        if not isinstance(outcome, requests.Response):
            return _without_answer(outcome)
        if outcome.status_code < 300:
            return Verdict.DONE
        if _is_throttled(outcome):
            return Verdict.AGAIN
        return Verdict.UNKNOWN if outcome.status_code >= 500 or outcome.status_code in DOUBTFUL else Verdict.REFUSED

    def wait(self, outcome: requests.Response | requests.RequestException, attempt: int) -> float:
        """Seconds to wait before it is sent again."""
        return self.backoff_strategy.wait(outcome, attempt)


def is_job_limit(response: requests.Response) -> bool:
    """Whether a write is refused because of the jobs in flight; the limits of requests have nothing to do with it.

    https://developer.zendesk.com/api-reference/introduction/rate-limits/#job-limit
    """
    return 400 <= response.status_code < 500 and error_code(response) == TOO_MANY_JOBS


def _is_throttled(response: requests.Response) -> bool:
    return is_throttled(response) or is_job_limit(response)


def _without_answer(exception: requests.RequestException) -> Verdict:
    reason = getattr(exception.args[0], "reason", None) if exception.args else None
    if isinstance(exception, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return Verdict.AGAIN
    causes = reason.args if isinstance(reason, Exception) else ()
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Verdict.REFUSED
    return Verdict.REFUSED if isinstance(exception, NEVER_SENT) else Verdict.UNKNOWN
