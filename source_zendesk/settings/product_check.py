"""The connection check of products with credentials of their own."""

from collections.abc import Callable, Mapping
from typing import Any

import requests

from source_zendesk.errors import ConfigError
from source_zendesk.http.authenticator import ZendeskAuthenticator
from source_zendesk.http.error_text import is_web_page, name_credentials, parse_json, reason_text
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.refusals import is_permission_denied
from source_zendesk.http.session import CHECK_TIMEOUTS
from source_zendesk.manifest.product_account import ProductAccount
from source_zendesk.settings.check_requests import CheckRequests, is_temporary
from source_zendesk.settings.connection import AccessCheck
from source_zendesk.settings.product_access import ProductAccess
from source_zendesk.settings.settings import Settings


def product_checks(settings: Settings) -> list[AccessCheck]:
    """A check for each product whose block is valid, which requests data of it."""
    valid = [(name, access) for name, access in settings.products.items() if not access.problem]
    return [AccessCheck(name, access.api_url, _check(access, settings.config_of(name))) for name, access in valid]


def block_problems(settings: Settings) -> list[str]:
    """The cause and the remedy of each block that is not valid."""
    return [access.problem for access in settings.products.values() if access.problem]


def _check(access: ProductAccess, config: Mapping[str, Any]) -> Callable[[], None]:
    def run() -> None:
        headers = ZendeskAuthenticator(config, access.api_url, CHECK_TIMEOUTS).get_auth_header()
        body = access.check_body or None
        response = CheckRequests(config).send("POST" if body else "GET", access.check_path, headers, body)
        if _has_no_data(response, access.account):
            return
        _raise_for_refusal(response, access, config)
        if not _is_expected(parse_json(response), access.account):
            raise ConfigError(
                f"The server at {access.api_url} is not {access.account.title}: its response has another form; check "
                f"`subdomain` and `{config['credentials_field']}`."
            )

    return run


def _is_expected(body: object, account: ProductAccount) -> bool:
    """Whether a response has the form of those to the request of `check`."""
    if account.check_keys:
        return isinstance(body, Mapping) and any(name in body for name in account.check_keys)
    return isinstance(body, list)


def _has_no_data(response: requests.Response, account: ProductAccount) -> bool:
    """Whether the product accepts the credentials, and has no data for the request of `check`."""
    is_refusal = is_web_page(response) or is_permission_denied(response)
    return response.status_code == account.check_no_data and not is_refusal


def _raise_for_refusal(response: requests.Response, access: ProductAccess, config: Mapping[str, Any]) -> None:
    product = access.account.title
    status, field, address = response.status_code, config["credentials_field"], config["api_url"]
    reason = f"{status}: {reason_text(response)}"
    if server := detect_intermediary(response):
        remedy = name_credentials(server.remedy, field)
        raise ConfigError(f"The server at {address} is not Zendesk: {server.cause}; {remedy}. ({status})")
    if status == 401:
        kind = config["credentials"]["credentials"]
        raise ConfigError(
            f"{product} refuses the credentials ({kind}); check {config['expected_credentials']}. Those of another "
            f"product are not valid for {product}. ({reason})"
        )
    if status in (402, 403):
        raise ConfigError(
            f"The credentials may not read {product}; give them access to it, or remove `{field}` from the "
            f"configuration if the account does not have {product}. ({reason})"
        )
    if 300 <= status < 400 or status in (404, 410):
        fields = "` and `".join(access.address_fields(field) or [field])
        raise ConfigError(
            f"There is no {product} at {address}; check `{fields}`, and that the account has {product}. ({reason})"
        )
    if is_temporary(status):
        raise ConfigError(f"{product} is unavailable; try again. ({reason})")
    if status >= 400:
        raise ConfigError(f"{product} refuses the request of `check`; check `{field}`. ({reason})")
