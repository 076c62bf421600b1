"""Tokens are asked for again and again, but not by one stream after the other."""

import pytest
from requests_mock import Mocker

from source_zendesk.components.requests.patience import Patience
from source_zendesk.components.requests.tokens import ClientCredentials
from source_zendesk.errors import TokenError
from unit_tests.components.account import ACCOUNT

LOGIN = {"credentials": "client_credentials", "client_id": "client", "client_secret": "s3cret"}


def test_after_the_first_has_given_up_nobody_waits_as_long(requests_mock: Mocker) -> None:
    requests_mock.post(f"{ACCOUNT}/oauth/tokens", status_code=503, headers={"Retry-After": "0"})
    tokens = ClientCredentials({"api_url": ACCOUNT, "credentials": LOGIN})  # type: ignore[abstract]
    tokens.patience, tokens.hurry = Patience(1, 1, 0.1), Patience(1, 1, 0)
    with pytest.raises(TokenError, match="503"):
        tokens.get_access_token()
    before = requests_mock.call_count
    with pytest.raises(TokenError, match="503"):
        tokens.get_access_token()
    assert (before > 1, requests_mock.call_count) == (True, before + 1)
