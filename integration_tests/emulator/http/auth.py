"""Authentication: e-mail with API token or password, or a bearer token."""

from __future__ import annotations

import base64
import binascii

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Account
from integration_tests.emulator.api.routes import Endpoint, accounts
from integration_tests.emulator.http.oauth import OAuth

OPEN = frozenset({"me", "subdomain_available"})
"""Handlers that need no credentials."""
API_KEY = "api_key"
ADMIN_ONLY = frozenset({"export_cursor", "export_time", "export_metric_events", "export_routing", "export_sample"})
ADMIN_COLLECTIONS = frozenset({"audit_logs"})


def _basic(account: Account, coded: str) -> bool:
    try:
        user, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    email, slash, _ = user.partition("/token")
    login = account.login
    wanted = login.api_token if slash else login.password
    return email == login.email and secret == wanted


def authenticate(account: Account, oauth: OAuth, endpoint: Endpoint, headers: dict[str, str]) -> None:
    """Set the user and the scopes of the current request; 401 for wrong or missing credentials."""
    account.user, account.scopes = None, frozenset({"read", "write"})
    if endpoint.account:
        _authenticate_product(account, endpoint.account, headers.get("authorization", ""))
        return
    header = headers.get("authorization", "")
    kind, _, value = header.partition(" ")
    if not header and endpoint.serve in OPEN:
        return
    if kind.lower() == "bearer":
        account.scopes = _scopes(account, oauth, value)
    elif kind.lower() != "basic" or not _basic(account, value):
        raise errors.unauthenticated()
    account.user = account.owner() | {"role": account.options.role}


def _authenticate_product(account: Account, product: str, header: str) -> None:
    """401 unless the request has the product's token, or its key and secret; an API key is sent without a scheme."""
    kind, _, value = header.partition(" ")
    token, pair = account.login.product_token(product), account.login.product_key(product)
    if accounts()[product].get("credentials") == API_KEY:
        kind, value = "Bearer", header
    if kind == "Bearer" and value == token:
        return
    if kind != "Basic" or value != base64.b64encode(":".join(pair).encode()).decode():
        raise errors.unauthenticated()


def _scopes(account: Account, oauth: OAuth, token: str) -> frozenset[str]:
    if token == account.login.access_token:
        return frozenset({"read", "write"})
    scopes = oauth.scopes_of(token)
    if scopes is None:
        raise errors.invalid_token()
    return scopes


def authorize(account: Account, endpoint: Endpoint) -> None:
    """403 for a token without the scope, a role without the right, or a plan without the feature."""
    needed = "read" if endpoint.method == "GET" or endpoint.account else "write"
    if needed not in account.scopes:
        raise errors.missing_scope(needed)
    if endpoint.product in account.options.refused_products:
        raise errors.product_refused(account.options.refused_products[endpoint.product])
    lacking = account.plan_refusal(endpoint.path)
    if lacking == "missing":
        raise errors.invalid_endpoint(f"{endpoint.method} {endpoint.path}")
    admin = endpoint.admin or endpoint.serve in ADMIN_ONLY or endpoint.of in ADMIN_COLLECTIONS
    if lacking or (account.options.role != "admin" and admin):
        raise errors.forbidden()
