"""OAuth tokens: consent, client credentials, and single-use refresh tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.data.clock import Clock

SHORTEST, LONGEST = 300, 172_800
REFRESH_DAYS = 30


@dataclass
class Token:
    """An access token and its refresh token."""

    access: str
    expires: float
    scope: str
    refresh: str | None = None
    refresh_expires: float = 0.0


class OAuth:
    """The clients and tokens of the account; `expires_in` is the default lifetime in seconds."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clients = {"emulated-client": "emulated-secret"}
        self.expires_in = 1800
        self.tokens: list[Token] = []
        self.codes: dict[str, tuple[str, str]] = {}

    def consent(self, redirect_uri: str, scope: str) -> str:
        """An authorization code for a user's consent; it works once, for the same redirect URI."""
        code = secrets.token_hex(16)
        self.codes[code] = (redirect_uri, scope)
        return code

    def issue(self, *, scope: str = "read write", expires_in: int | None = None, refreshable: bool = True) -> Token:
        """Issue a new token, for a test or for a grant."""
        now = self.clock.epoch()
        token = Token(secrets.token_hex(16), now + (expires_in or self.expires_in), scope)
        if refreshable:
            token.refresh, token.refresh_expires = secrets.token_hex(16), now + REFRESH_DAYS * 86400
        self.tokens.append(token)
        return token

    def scopes_of(self, access: str) -> frozenset[str] | None:
        """The scopes of a token; None if it is unknown or expired."""
        token = next((one for one in self.tokens if one.access == access), None)
        if token is None or token.expires <= self.clock.epoch():
            return None
        return frozenset(token.scope.split())

    def grant(self, body: dict[str, Any]) -> dict[str, Any]:
        """The response body of `POST /oauth/tokens`."""
        if self.clients.get(str(body.get("client_id"))) != body.get("client_secret"):
            raise _refused(401, "invalid_client", "Client authentication failed due to unknown client")
        kind = body.get("grant_type")
        expires_in = int(body["expires_in"]) if body.get("expires_in") else None
        if expires_in is not None and not SHORTEST <= expires_in <= LONGEST:
            raise _refused(400, "invalid_request", "expires_in is out of range")
        if kind == "client_credentials":
            return self._token_body(
                self.issue(scope=str(body.get("scope") or "read"), expires_in=expires_in, refreshable=False)
            )
        if kind == "authorization_code":
            return self._token_body(self._exchange_code(str(body.get("code")), body.get("redirect_uri"), expires_in))
        if kind == "refresh_token":
            return self._token_body(self._refresh(str(body.get("refresh_token")), body.get("scope"), expires_in))
        raise _refused(400, "unsupported_grant_type", "The authorization grant type is not supported")

    def _exchange_code(self, code: str, redirect_uri: Any, expires_in: int | None) -> Token:
        """Without `expires_in`, the token has no refresh token."""
        agreed, scope = self.codes.pop(code, (None, ""))
        if agreed is None or agreed != redirect_uri:
            raise _refused(400, "invalid_grant", "The provided authorization grant is invalid, expired or revoked")
        return self.issue(scope=scope, expires_in=expires_in, refreshable=expires_in is not None)

    def _refresh(self, refresh: str, scope: Any, expires_in: int | None) -> Token:
        """Revokes both old tokens."""
        old = next((one for one in self.tokens if one.refresh == refresh), None)
        if old is None or old.refresh_expires <= self.clock.epoch():
            raise _refused(400, "invalid_grant", "The provided authorization grant is invalid, expired or revoked")
        self.tokens.remove(old)
        return self.issue(scope=str(scope or old.scope), expires_in=expires_in)

    def _token_body(self, token: Token) -> dict[str, Any]:
        now = self.clock.epoch()
        body: dict[str, Any] = {"access_token": token.access, "token_type": "bearer", "scope": token.scope}
        body["expires_in"] = round(token.expires - now)
        if token.refresh:
            body |= {"refresh_token": token.refresh, "refresh_token_expires_in": round(token.refresh_expires - now)}
        return body


def _refused(status: int, code: str, text: str) -> errors.ApiError:
    return errors.ApiError(status, {"error": code, "error_description": text})
