"""OAuth tokens of Sell: the client signs in by Basic authentication, and a refresh token works any number of times."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import parse_qsl

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Account, Request

SELL_TOKENS = "/oauth2/token"
CLIENT, REFRESH_TOKEN = ("sell-client", "sell-client-secret"), "sell-refresh-token"
LIFETIME = 3599


def grant_sell_token(account: Account, request: Request) -> dict[str, Any]:
    """The response body of a refresh; the new access token replaces the product's."""
    expected = base64.b64encode(":".join(CLIENT).encode()).decode()
    if request.headers.get("authorization") != f"Basic {expected}":
        raise _refused(401, "invalid_client")
    form = dict(parse_qsl(request.body.decode()))
    if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != REFRESH_TOKEN:
        raise _refused(400, "invalid_grant")
    token = account.login.replaced_tokens["sell"] = secrets.token_hex(16)
    names = {"access_token": token, "token_type": "bearer", "refresh_token": REFRESH_TOKEN}
    return names | {"expires_in": LIFETIME, "scope": "read profile"}


def _refused(status: int, code: str) -> errors.ApiError:
    return errors.ApiError(status, {"error": code, "error_description": "The client or the grant is not valid."})
