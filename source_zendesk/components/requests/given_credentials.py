"""The signature of credentials that need no token."""

import base64
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator

USERS = {"api_token": "{email}/token:{api_token}", "basic": "{email}:{password}"}


class GivenCredentials(DeclarativeAuthenticator):
    """Signs with what was given, as it is; the CDK's take a password such as `1_000` for a number.

    https://developer.zendesk.com/api-reference/introduction/security-and-auth/
    """

    config: Mapping[str, Any]

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config

    @property
    def auth_header(self) -> str:
        """The header that signs a request."""
        return "Authorization"

    @property
    def token(self) -> str:
        """Its value."""
        given = self.config["credentials"]
        form = USERS.get(given["credentials"])
        if form is None:
            return f"Bearer {given['access_token']}"
        return f"Basic {base64.b64encode(form.format(**given).encode()).decode()}"
