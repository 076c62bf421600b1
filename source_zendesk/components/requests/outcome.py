"""What becomes of a stream, or of one of its parents, when Zendesk refuses a request."""

from typing import Any, NoReturn

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.components.requests import json_body
from source_zendesk.components.requests.refusals import bar, is_access, is_lacking
from source_zendesk.errors import ConfigError, PaginationError, UnavailableError

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


def judge(stream: str, response: requests.Response, *, is_child: bool, is_first: bool) -> NoReturn:
    """Raise what a refusal means.

    A child's first request is judged by its status alone, since the body may be empty; after a good page nothing is
    skipped. Raises `StreamSkipped`, `ParentSkipped`, `ConfigError` or `PaginationError`.
    """
    status = response.status_code
    if "required scopes" in response.text[:1000]:
        raise ConfigError(f"Stream {stream}: the token lacks the scope `read`; make one with it in Admin Center.")
    if barred := bar(response):
        cause, remedy = barred
        raise ConfigError(f"Stream {stream}: Zendesk refuses, since {cause}; {remedy}. ({status}: {said(response)})")
    if is_child and is_first and status in CHILD_REFUSALS:
        raise ParentSkipped(_reason(response), is_access=is_access(response), status=status)
    if is_first and status in (402, 403, 404) and is_lacking(response):
        raise StreamSkipped(_why(status, response), is_access=is_access(response), status=status)
    reason = _reason(response)
    if status == 422 and not is_first and not is_child:
        raise PaginationError(
            stream, f"Zendesk serves no more rows of this search ({reason})", "Narrow the query or read search_export"
        )
    remedy = "; check its `inputs`, and what the role of the user of `credentials` allows"
    if not is_first:
        remedy = ", after pages that it gave; run the sync again, it goes on from this page"
    raise ConfigError(f"Stream {stream}: Zendesk refuses the request{remedy}. ({reason})")


def explained(stream: str, error: AirbyteTracedException) -> AirbyteTracedException:
    """The CDK's error for a request that it gave up, with its stream, its cause and what to do."""
    given_up = error.__context__
    if isinstance(given_up, BaseBackoffException):
        return UnavailableError(stream, str(given_up).removeprefix(f"Stream {stream}: ").rstrip("."))
    if error.failure_type is FailureType.config_error and stream not in str(error.message):
        remedy = "" if "check `" in str(error.message) else " Check `credentials`."
        return ConfigError(f"Stream {stream}: {error.message}{remedy}")
    return error


def _why(status: int, response: requests.Response) -> str:
    reason = "the role or the plan does not allow it" if status in (402, 403) else "this account does not have it"
    return f"{reason} ({_reason(response)})"


def _reason(response: requests.Response) -> str:
    return f"{response.status_code}: {said(response) or 'no reason given'}"


def said(response: requests.Response) -> str:
    """What an answer of any of Zendesk's four error envelopes says, in a line and without secrets.

    They are taken out before the line is cut, which would leave the beginning of one.
    """
    return filter_secrets(_line(response))[:300]


def _line(response: requests.Response) -> str:
    try:
        body: Any = json_body.writable(response.content)
    except ValueError:
        return " ".join(response.text.split())
    if not isinstance(body, dict):
        return str(body)
    errors = body.get("errors")
    error = body.get("error") or (errors[0] if isinstance(errors, list) and errors else errors)
    parts = [*error.values()] if isinstance(error, dict) else [error, body.get("description"), body.get("message")]
    return ": ".join(str(part) for part in parts if part)
