"""A configuration with several refresh tokens keeps the successor of each."""

import json

import pytest
from requests_mock import Mocker

from source_zendesk.http.oauth_tokens import RefreshTokens
from source_zendesk.manifest import Manifest
from source_zendesk.settings import Settings
from unit_tests.account import ACCOUNT

SELL = "https://api.getbase.com"
CLIENT = {"credentials": "oauth2_refresh", "client_id": "an-id", "client_secret": "s3cret-of-the-client"}
CONFIG = {
    "subdomain": "acme",
    "credentials": CLIENT | {"refresh_token": "first-of-support"},
    "sell": CLIENT | {"refresh_token": "first-of-sell"},
}


@pytest.mark.parametrize("order", [["", "sell"], ["sell", ""]])
def test_the_last_configuration_has_the_successor_of_each_refresh_token(
    order: list[str], requests_mock: Mocker, capsys: pytest.CaptureFixture[str]
) -> None:
    for address, product in ((f"{ACCOUNT}/oauth/tokens", "support"), (f"{SELL}/oauth2/token", "sell")):
        tokens = {"access_token": f"access-of-{product}", "refresh_token": f"second-of-{product}", "expires_in": 3600}
        requests_mock.post(address, json=tokens)
    settings = Settings.parse(CONFIG, Manifest.load())
    for account in order:
        config = settings.config_of(account)
        RefreshTokens(config, config["api_url"]).valid_token()
    emitted = [
        json.loads(line)["control"]["connectorConfig"]["config"] for line in capsys.readouterr().out.splitlines()
    ]
    first, last = emitted
    assert [last[field]["refresh_token"] for field in ("credentials", "sell")] == [
        "second-of-support",
        "second-of-sell",
    ]
    assert [last[field]["access_token"] for field in ("credentials", "sell")] == ["access-of-support", "access-of-sell"]
    later = "credentials" if order[1] == "" else "sell"
    assert first[later] == CONFIG[later]
