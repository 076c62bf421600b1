"""The session of `requests` for an account: everything that is sent to Zendesk goes through one of these."""

from collections.abc import Collection

import requests

from source_zendesk.components.requests.account_only import kept_to_account
from source_zendesk.components.requests.bounded_response import bounded
from source_zendesk.components.requests.environment import settled


def account_session(
    address: str, others: Collection[str] | None = None, session: requests.Session | None = None
) -> requests.Session:
    """A session, or the given one, for the account at an address: responses are bounded, other origins are refused.

    Proxies and certificates are those of the environment at this moment. `~/.netrc` is not read: `requests` would
    replace the configured credentials by its own. `others` are as in `kept_to_account`.
    """
    made = session if session is not None else requests.Session()
    return kept_to_account(settled(bounded(made), address), address, others)
