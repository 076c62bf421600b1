"""Refused requests: skip the stream, skip the parent record, or fail."""

import re
from typing import NoReturn

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError, PaginationError, UnavailableError, UnreachableError
from source_zendesk.http.error_text import body_text, name_credentials, reason_text
from source_zendesk.http.intermediaries import detect_intermediary

_SUBJECT = r"(?:account|user|agent|administrator|profile|help ?desk|subdomain)"
_VERB = r"(?:(?:is|are|was|has been|have been) )?(?:currently |temporarily |permanently |now )?"
_BLOCKED = r"(?:suspended|locked|deactivated|disabled|inactive|blocked|banned|expired|cancell?ed|closed|frozen)"
# Refusals of all requests of an account or a user: the pattern of the text, the cause and the remedy.
_ACCOUNT_BLOCKS = (
    (
        re.compile(r"\bips?\b|\bip ?restrict|\bfirewall\b|\bcloudflare\b", re.IGNORECASE),
        "requests from this address are not allowed",
        "allow the address that the connector runs from in Admin Center, under the account's IP restrictions",
    ),
    (
        re.compile(
            rf"\b{_SUBJECT} {_VERB}{_BLOCKED}\b|\b{_BLOCKED} {_SUBJECT}\b|\b{_SUBJECT} is (?:not|no longer) active\b"
            r"|\btrial (?:has )?(?:expired|ended)",
            re.IGNORECASE,
        ),
        "the account, or the user of `credentials`, is suspended, locked or deactivated",
        "reactivate it in Admin Center, or use the credentials of another user",
    ),
    (
        re.compile(r"\bverify (?:your|the) e ?mail|\bchange (?:your|the) password|\bpassword (?:has )?expired", re.I),
        "the user of `credentials` has to complete a step in Zendesk first",
        "sign in to Zendesk as that user and complete that step",
    ),
)
# Words in Zendesk's refusals if the plan or the role lacks an endpoint.
_UNAVAILABLE = re.compile(
    r"forbidden|access|permi|authori[sz]|allowed|privilege|\bplans?\b|feature|subscri|upgrade|\brole|licen[cs]e"
    r"|entitle|enabled|available|add ?on|owner|administrator|payment|purchase|insufficient scope",
    re.IGNORECASE,
)


def account_block(response: requests.Response) -> tuple[str, str] | None:
    """The cause and the remedy if Zendesk refuses the account or the user, rather than the requested endpoint."""
    if response.status_code not in (402, 403):
        return None
    text = _normalized_text(response)
    return next(((cause, remedy) for pattern, cause, remedy in _ACCOUNT_BLOCKS if pattern.search(text)), None)


def is_unavailable_to_account(response: requests.Response) -> bool:
    """Whether the account, its plan or the user's role lacks the endpoint; the body may be empty."""
    status, text = response.status_code, _normalized_text(response)
    if status == 410:
        return True
    if status == 404:
        return "help desk" not in text.lower()
    is_web_page = text.startswith("<")
    return status == 402 or (status == 403 and (not text or (not is_web_page and bool(_UNAVAILABLE.search(text)))))


def is_permission_denied(response: requests.Response) -> bool:
    """Whether the account or the role lacks access, rather than the record being deleted."""
    return response.status_code in (402, 403) or "InvalidEndpoint" in _body_start(response)


def is_scope_missing(response: requests.Response) -> bool:
    """Whether the OAuth token lacks the required scope."""
    return "required scopes" in _body_start(response)


def _normalized_text(response: requests.Response) -> str:
    """The body, with codes such as `AccountSuspended` and `account_suspended` split into words."""
    return re.sub(r"[_-]|(?<=[a-z])(?=[A-Z])", " ", _body_start(response)).strip()


def _body_start(response: requests.Response) -> str:
    return body_text(response, strips_markup=False)[:4000]


STREAM_REFUSALS = frozenset({402, 403, 404, 410})
CHILD_REFUSALS = frozenset({402, 403, 404, 410, 422})


class StreamSkipped(Exception):  # noqa: N818  # an outcome, not an error
    """The account, its plan or the role lacks this stream; `status` is the HTTP status, 0 without a response."""

    def __init__(self, message: str, *, is_permission_denied: bool = True, status: int = 0) -> None:
        super().__init__(message)
        self.is_permission_denied, self.status = is_permission_denied, status


class ParentSkipped(StreamSkipped):
    """The children of this parent record cannot be read; those of other parents can."""


class WriteRefused(Exception):  # noqa: N818  # an outcome, not an error
    """Zendesk refused a write; the message gives the reason. The response may list items that were done anyway."""

    def __init__(self, message: str, response: requests.Response | None = None) -> None:
        super().__init__(message)
        self.response = response


class UploadFailed(WriteRefused):
    """The file of a write was not stored, so Zendesk did not do the write; the message gives the reason."""


class WriteUnknown(Exception):  # noqa: N818  # an outcome, not an error
    """A write may have been done; the message describes the response, or the failure instead of one."""


def raise_for_refusal(
    stream: str,
    response: requests.Response,
    *,
    is_child: bool,
    is_first: bool,
    has_inputs: bool = False,
    credentials: str = "credentials",
) -> NoReturn:
    """Raise `StreamSkipped`, `ParentSkipped`, `ConfigError` or `PaginationError` for a refused request.

    The first request for a parent's children is classified by its status alone, because the body may be empty. After a
    successful page, nothing is skipped. `credentials` is the field of the configuration with the credentials.
    """
    _raise_for_account(stream, response, credentials)
    status, reason = response.status_code, _status_and_text(response)
    if is_child and is_first and status in CHILD_REFUSALS:
        raise ParentSkipped(reason, is_permission_denied=is_permission_denied(response), status=status)
    if is_first and status in STREAM_REFUSALS and is_unavailable_to_account(response):
        is_denied = is_permission_denied(response)
        raise StreamSkipped(_skip_reason(status, reason), is_permission_denied=is_denied, status=status)
    if status == 422 and not is_first and not is_child:
        raise PaginationError(
            stream,
            f"Zendesk returns no more records of this search ({reason})",
            "Narrow the query or read search_export",
        )
    remedy = f"; check {'its `inputs`, and ' if has_inputs else ''}what the role of the user of `{credentials}` allows"
    if not is_first:
        remedy = ", after it returned earlier pages; run the sync again, it resumes at this page"
    raise ConfigError(f"Stream {stream}: Zendesk refuses the request{remedy}. ({reason})")


def _raise_for_account(stream: str, response: requests.Response, credentials: str) -> None:
    """Raise `ConfigError` if every request with these credentials would fail."""
    if is_scope_missing(response):
        place = "in Admin Center" if credentials == "credentials" else f"for `{credentials}`"
        raise ConfigError(f"Stream {stream}: the token lacks the scope `read`; create one with it {place}.")
    if failure := detect_intermediary(response, serves_missing_pages=credentials == "credentials"):
        remedy = name_credentials(failure.remedy, credentials)
        raise ConfigError(f"Stream {stream}: {failure.cause}; {remedy}. ({response.status_code})")
    if block := account_block(response):
        cause, remedy = (name_credentials(text, credentials) for text in block)
        text = _status_and_text(response)
        raise ConfigError(f"Stream {stream}: Zendesk refuses all requests, because {cause}; {remedy}. ({text})")


def to_user_error(
    stream: str, error: AirbyteTracedException, credentials: str = "credentials"
) -> AirbyteTracedException:
    """The CDK's error after the last retry, or instead of one, with stream, cause and remedy.

    `credentials` is the field of the configuration with the credentials.
    """
    last_failure = error.__context__
    if isinstance(last_failure, BaseBackoffException):
        return UnavailableError(stream, str(last_failure).removeprefix(f"Stream {stream}: ").rstrip("."))
    if error.failure_type is FailureType.config_error and stream not in str(error.message):
        remedy = "" if "check `" in str(error.message) else f" Check `{credentials}`."
        return ConfigError(f"Stream {stream}: {error.message}{remedy}")
    if error.failure_type is FailureType.transient_error and stream in str(error.message):
        return UnreachableError(str(error.message))
    return error


def _skip_reason(status: int, text: str) -> str:
    reason = "the role or the plan does not allow it" if status in (402, 403) else "this account does not have it"
    return f"{reason} ({text})"


def _status_and_text(response: requests.Response) -> str:
    return f"{response.status_code}: {reason_text(response)}"
