"""Whether an account can be read with the settings at hand."""

from collections.abc import Mapping
from typing import Any

import requests

from source_zendesk.components.requests.outcome import said
from source_zendesk.errors import ConfigError

TIMEOUT_IN_SECONDS = 60


def probe(config: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
    """Ask for the user and then for data; raises `ConfigError` with the cause and what to do.

    Zendesk answers the question for the user even to strangers, and on accounts whose Support has ended.
    https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
    """
    user = _body(_answer(config, headers, "/api/v2/users/me"), config).get("user") or {}
    if not user.get("id"):
        raise ConfigError(
            "Zendesk takes the request for that of an anonymous visitor; check `credentials.email` and its secret, and "
            "that this way of signing in is switched on in Admin Center."
        )
    if user.get("role") == "end-user":
        raise ConfigError("The user of `credentials` is an end user; use those of an agent or an administrator.")
    _body(_answer(config, headers, "/api/v2/tags"), config)


def _answer(config: Mapping[str, Any], headers: Mapping[str, Any], path: str) -> requests.Response:
    host = config["api_url"]
    extra = {"X-On-Behalf-Of": config["on_behalf_of"]} if config["on_behalf_of"] else {}
    try:
        response = requests.get(
            host + path, headers={**headers, **extra}, timeout=TIMEOUT_IN_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise ConfigError(
            f"Nothing answers at {host} ({type(error).__name__}); check `subdomain` and the network."
        ) from error
    return response


def _body(response: requests.Response, config: Mapping[str, Any]) -> dict[str, Any]:
    status, subdomain, kind = response.status_code, config["subdomain"], config["credentials"]["credentials"]
    if 300 <= status < 400 or status == 404:
        raise ConfigError(f"There is no Zendesk account {subdomain}; check `subdomain`. ({status}: {said(response)})")
    if status == 401:
        raise ConfigError(f"Zendesk refuses the credentials ({kind}); check `credentials`. (401: {said(response)})")
    if status == 403:
        raise ConfigError(
            "The user of `credentials` may not read this account's data; give them an agent's role with access to it, "
            f"and OAuth tokens the scope `read`. (403: {said(response)})"
        )
    if status >= 400:
        raise ConfigError(f"Zendesk cannot answer now; try again. ({status}: {said(response)})")
    try:
        body = response.json()
    except ValueError as error:
        raise ConfigError(f"What answers at {config['api_url']} is not Zendesk; check `subdomain`.") from error
    return body if isinstance(body, dict) else {}
