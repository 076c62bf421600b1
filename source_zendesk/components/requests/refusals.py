"""What Zendesk means when it refuses a request with 402, 403, 404 or 410."""

import re

import requests

from source_zendesk.components.requests.error_text import body_text

_WHO = r"(?:account|user|agent|administrator|profile|help ?desk|subdomain)"
_IS = r"(?:(?:is|are|was|has been|have been) )?(?:currently |temporarily |permanently |now )?"
_OUT = r"(?:suspended|locked|deactivated|disabled|inactive|blocked|banned|expired|cancell?ed|closed|frozen)"
# Refusals of whoever asks, whatever it is they ask for: what to look for, the cause and the remedy.
_BARS = (
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
_LACKS = re.compile(
    r"forbidden|access|permi|authori[sz]|allowed|privilege|\bplans?\b|feature|subscri|upgrade|\brole|licen[cs]e"
    r"|entitle|enabled|available|add ?on|owner|administrator|payment|purchase",
    re.IGNORECASE,
)


def bar(response: requests.Response) -> tuple[str, str] | None:
    """The cause and the remedy where it is the sender that is refused rather than what was asked for."""
    if response.status_code not in (402, 403):
        return None
    text = _words(response)
    return next(((cause, remedy) for pattern, cause, remedy in _BARS if pattern.search(text)), None)


def is_lacking(response: requests.Response) -> bool:
    """Whether the account, its plan or the role does not have what was asked for; a body may say nothing."""
    status, text = response.status_code, _words(response)
    if status == 410:
        return True
    if status == 404:
        return "help desk" not in text.lower()
    is_page = text.startswith("<")
    return status == 402 or (status == 403 and (not text or (not is_page and bool(_LACKS.search(text)))))


def is_access(response: requests.Response) -> bool:
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
