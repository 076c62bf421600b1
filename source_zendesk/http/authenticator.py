"""The authenticator: signs requests with the configured credentials, whatever their kind."""

import base64
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString

from source_zendesk.http.oauth_tokens import ClientCredentialsTokens, OAuthTokens, RefreshTokens
from source_zendesk.http.reachability import HostReachability
from source_zendesk.http.session import SYNC_TIMEOUTS, Timeouts

USER_FORMATS = {
    "api_token": "{email}/token:{api_token}",
    "basic": "{email}:{password}",
    "app_key": "{key_id}:{key_secret}",
}
GRANTS: Mapping[str, type[OAuthTokens]] = {
    "client_credentials": ClientCredentialsTokens,
    "oauth2_refresh": RefreshTokens,
}


class ZendeskAuthenticator(DeclarativeAuthenticator):
    """Signs each request with the credentials that `config` has at that time; `url` is the address of the account.

    Sends the credentials unchanged, unlike the CDK's authenticators, which convert `1_000` to a number. Requests OAuth
    tokens, and raises their errors, when a request is signed.
    https://developer.zendesk.com/api-reference/introduction/security-and-auth/
    """

    config: Mapping[str, Any]
    url: str
    timeouts: Timeouts
    reachability: HostReachability | None

    def __init__(
        self,
        config: Mapping[str, Any],
        url: str,
        timeouts: Timeouts = SYNC_TIMEOUTS,
        reachability: HostReachability | None = None,
    ) -> None:
        address = str(InterpolatedString.create(url, parameters={}).eval(config))
        self.config, self.url, self.timeouts = config, address.rstrip("/"), timeouts
        self._tokens = {kind: grant(config, self.url, timeouts, reachability) for kind, grant in GRANTS.items()}

    @property
    def auth_header(self) -> str:
        """The name of the header that signs a request."""
        return "Authorization"

    @property
    def token(self) -> str:
        """The value of that header."""
        credentials = self.config["credentials"]
        kind = credentials["credentials"]
        if kind == "api_key":
            return str(credentials["api_key"])
        if kind in USER_FORMATS:
            return f"Basic {base64.b64encode(USER_FORMATS[kind].format(**credentials).encode()).decode()}"
        return f"Bearer {self._tokens[kind].valid_token() if kind in GRANTS else credentials['access_token']}"

    def refresh_and_set_access_token(self) -> None:
        """Replace an OAuth token that Zendesk refused; the CDK calls it once for each refused request."""
        self._tokens[self.config["credentials"]["credentials"]].refresh()
