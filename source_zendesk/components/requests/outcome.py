"""What becomes of a stream, or of one of its parents, when Zendesk refuses a request."""

from typing import NoReturn

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.components.requests.error_text import error_text
from source_zendesk.components.requests.intermediaries import intermediary
from source_zendesk.components.requests.refusals import bar, is_access, is_lacking, is_scope_missing
from source_zendesk.errors import ConfigError, PaginationError, UnavailableError

STREAM_REFUSALS = frozenset({402, 403, 404, 410})
CHILD_REFUSALS = frozenset({402, 403, 404, 410, 422})


class StreamSkipped(Exception):  # noqa: N818  # an outcome, not an error
    """The account, its plan or the role does not have this stream; `status` is that of the answer, 0 without one."""

    def __init__(self, message: str, *, is_access: bool = True, status: int = 0) -> None:
        super().__init__(message)
        self.is_access, self.status = is_access, status


class ParentSkipped(StreamSkipped):
    """The children of this parent cannot be read; those of others can."""


class WriteRefused(Exception):  # noqa: N818  # an outcome, not an error
    """A write was not done; the message says why. The answer may tell that some of it was."""

    def __init__(self, message: str, response: requests.Response | None = None) -> None:
        super().__init__(message)
        self.response = response


class WriteUnknown(Exception):  # noqa: N818  # an outcome, not an error
    """A write may have been done; the message says what came instead of an answer."""


def judge(
    stream: str, response: requests.Response, *, is_child: bool, is_first: bool, has_inputs: bool = False
) -> NoReturn:
    """Raise what a refusal means.

    A child's first request is judged by its status alone, since the body may be empty; after a good page nothing is
    skipped. Raises `StreamSkipped`, `ParentSkipped`, `ConfigError` or `PaginationError`.
    """
    _raise_for_sender(stream, response)
    status, reason = response.status_code, _reason(response)
    if is_child and is_first and status in CHILD_REFUSALS:
        raise ParentSkipped(reason, is_access=is_access(response), status=status)
    if is_first and status in STREAM_REFUSALS and is_lacking(response):
        raise StreamSkipped(_why(status, reason), is_access=is_access(response), status=status)
    if status == 422 and not is_first and not is_child:
        raise PaginationError(
            stream, f"Zendesk serves no more rows of this search ({reason})", "Narrow the query or read search_export"
        )
    remedy = f"; check {'its `inputs`, and ' if has_inputs else ''}what the role of the user of `credentials` allows"
    if not is_first:
        remedy = ", after pages that it gave; run the sync again, it goes on from this page"
    raise ConfigError(f"Stream {stream}: Zendesk refuses the request{remedy}. ({reason})")


def _raise_for_sender(stream: str, response: requests.Response) -> None:
    """Raise `ConfigError` where no request of this sender would be answered, whatever it asks for."""
    if is_scope_missing(response):
        raise ConfigError(f"Stream {stream}: the token lacks the scope `read`; make one with it in Admin Center.")
    if found := intermediary(response):
        raise ConfigError(f"Stream {stream}: {found.cause}; {found.remedy}. ({response.status_code})")
    if barred := bar(response):
        cause, remedy = barred
        raise ConfigError(f"Stream {stream}: Zendesk refuses, since {cause}; {remedy}. ({_reason(response)})")


def explained(stream: str, error: AirbyteTracedException) -> AirbyteTracedException:
    """The CDK's error for a request that it gave up, with its stream, its cause and what to do."""
    given_up = error.__context__
    if isinstance(given_up, BaseBackoffException):
        return UnavailableError(stream, str(given_up).removeprefix(f"Stream {stream}: ").rstrip("."))
    if error.failure_type is FailureType.config_error and stream not in str(error.message):
        remedy = "" if "check `" in str(error.message) else " Check `credentials`."
        return ConfigError(f"Stream {stream}: {error.message}{remedy}")
    return error


def _why(status: int, told: str) -> str:
    reason = "the role or the plan does not allow it" if status in (402, 403) else "this account does not have it"
    return f"{reason} ({told})"


def _reason(response: requests.Response) -> str:
    return f"{response.status_code}: {error_text(response) or 'no reason given'}"
