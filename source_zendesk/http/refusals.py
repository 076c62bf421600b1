"""What a refused request means for the stream, or for one of its parents."""

import re
from typing import NoReturn

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError, PaginationError, UnavailableError
from source_zendesk.http.error_text import body_text, error_text
from source_zendesk.http.intermediaries import intermediary

_WHO = r"(?:account|user|agent|administrator|profile|help ?desk|subdomain)"
_IS = r"(?:(?:is|are|was|has been|have been) )?(?:currently |temporarily |permanently |now )?"
_OUT = r"(?:suspended|locked|deactivated|disabled|inactive|blocked|banned|expired|cancell?ed|closed|frozen)"
# Refusals of whoever asks, whatever it is they ask for: what to look for, the cause and the remedy.
_ACCOUNT_BLOCKS = (
    (
        re.compile(r"\bips?\b|\bip ?restrict|\bfirewall\b|\bcloudflare\b", re.IGNORECASE),
        "requests from this address are not allowed",
        "allow the address that the connector runs from in Admin Center, under the account's IP restrictions",
    ),
    (
        re.compile(
            rf"\b{_WHO} {_IS}{_OUT}\b|\b{_OUT} {_WHO}\b|\b{_WHO} is (?:not|no longer) active\b"
            r"|\btrial (?:has )?(?:expired|ended)",
            re.IGNORECASE,
        ),
        "the account, or the user of `credentials`, is suspended, locked or deactivated",
        "put that right in Admin Center, or use the credentials of another user",
    ),
    (
        re.compile(r"\bverify (?:your|the) e ?mail|\bchange (?:your|the) password|\bpassword (?:has )?expired", re.I),
        "the user of `credentials` has something to do first",
        "sign in to Zendesk as that user and do what it asks for",
    ),
)
# How Zendesk says that a plan, or a role, lacks something.
_UNAVAILABLE = re.compile(
    r"forbidden|access|permi|authori[sz]|allowed|privilege|\bplans?\b|feature|subscri|upgrade|\brole|licen[cs]e"
    r"|entitle|enabled|available|add ?on|owner|administrator|payment|purchase",
    re.IGNORECASE,
)


def account_block(response: requests.Response) -> tuple[str, str] | None:
    """The cause and the remedy where it is the sender that is refused rather than what was asked for."""
    if response.status_code not in (402, 403):
        return None
    text = _words(response)
    return next(((cause, remedy) for pattern, cause, remedy in _ACCOUNT_BLOCKS if pattern.search(text)), None)


def is_unavailable_to_account(response: requests.Response) -> bool:
    """Whether the account, its plan or the role does not have what was asked for; a body may say nothing."""
    status, text = response.status_code, _words(response)
    if status == 410:
        return True
    if status == 404:
        return "help desk" not in text.lower()
    is_page = text.startswith("<")
    return status == 402 or (status == 403 and (not text or (not is_page and bool(_UNAVAILABLE.search(text)))))


def is_permission_denied(response: requests.Response) -> bool:
    """Whether something is refused for what the account or the role lacks, rather than because it is gone."""
    return response.status_code in (402, 403) or "InvalidEndpoint" in _beginning(response)


def is_scope_missing(response: requests.Response) -> bool:
    """Whether an OAuth token is refused for want of a scope."""
    return "required scopes" in _beginning(response)


def _words(response: requests.Response) -> str:
    """The body with codes such as `AccountSuspended` and `account_suspended` as words."""
    return re.sub(r"[_-]|(?<=[a-z])(?=[A-Z])", " ", _beginning(response)).strip()


def _beginning(response: requests.Response) -> str:
    return body_text(response, strips_markup=False)[:4000]


STREAM_REFUSALS = frozenset({402, 403, 404, 410})
CHILD_REFUSALS = frozenset({402, 403, 404, 410, 422})


class StreamSkipped(Exception):  # noqa: N818  # an outcome, not an error
    """The account, its plan or the role does not have this stream; `status` is that of the answer, 0 without one."""

    def __init__(self, message: str, *, is_permission_denied: bool = True, status: int = 0) -> None:
        super().__init__(message)
        self.is_permission_denied, self.status = is_permission_denied, status


class ParentSkipped(StreamSkipped):
    """The children of this parent cannot be read; those of others can."""


class WriteRefused(Exception):  # noqa: N818  # an outcome, not an error
    """A write was not done; the message says why. The answer may tell that some of it was."""

    def __init__(self, message: str, response: requests.Response | None = None) -> None:
        super().__init__(message)
        self.response = response


class WriteUnknown(Exception):  # noqa: N818  # an outcome, not an error
    """A write may have been done; the message says what came instead of an answer."""


def raise_for_refusal(
    stream: str, response: requests.Response, *, is_child: bool, is_first: bool, has_inputs: bool = False
) -> NoReturn:
    """Raise what a refusal means.

    A child's first request is judged by its status alone, since the body may be empty; after a good page nothing is
    skipped. Raises `StreamSkipped`, `ParentSkipped`, `ConfigError` or `PaginationError`.
    """
    _raise_for_sender(stream, response)
    status, reason = response.status_code, _status_and_text(response)
    if is_child and is_first and status in CHILD_REFUSALS:
        raise ParentSkipped(reason, is_permission_denied=is_permission_denied(response), status=status)
    if is_first and status in STREAM_REFUSALS and is_unavailable_to_account(response):
        raise StreamSkipped(
            _skip_reason(status, reason), is_permission_denied=is_permission_denied(response), status=status
        )
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
    if barred := account_block(response):
        cause, remedy = barred
        raise ConfigError(f"Stream {stream}: Zendesk refuses, since {cause}; {remedy}. ({_status_and_text(response)})")


def to_user_error(stream: str, error: AirbyteTracedException) -> AirbyteTracedException:
    """The CDK's error for a request that it gave up, with its stream, its cause and what to do."""
    given_up = error.__context__
    if isinstance(given_up, BaseBackoffException):
        return UnavailableError(stream, str(given_up).removeprefix(f"Stream {stream}: ").rstrip("."))
    if error.failure_type is FailureType.config_error and stream not in str(error.message):
        remedy = "" if "check `" in str(error.message) else " Check `credentials`."
        return ConfigError(f"Stream {stream}: {error.message}{remedy}")
    return error


def _skip_reason(status: int, told: str) -> str:
    reason = "the role or the plan does not allow it" if status in (402, 403) else "this account does not have it"
    return f"{reason} ({told})"


def _status_and_text(response: requests.Response) -> str:
    return f"{response.status_code}: {error_text(response) or 'no reason given'}"
