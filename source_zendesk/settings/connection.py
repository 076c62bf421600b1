"""Whether an account can be read with the settings at hand."""

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

import requests

from source_zendesk.components.requests import json_body
from source_zendesk.components.requests.no_answer import NoAnswer, explained
from source_zendesk.components.requests.outcome import said
from source_zendesk.components.requests.patience import HURRIED
from source_zendesk.errors import ConfigError, UnreachableError

SECONDS_IN_ALL = 20.0
SLOW = NoAnswer(
    "it took too long (timeout)",
    "check this machine's name server, and the firewall or proxy on the way; then try again",
)


def within(address: str, work: Callable[[], None], seconds: float = SECONDS_IN_ALL) -> None:
    """Do the work and raise what it raises, or `UnreachableError` when it takes longer; then it is left to itself.

    The time limits of a request cover neither the name server nor each of the addresses of a name.
    """
    ended: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised by who waits
            ended.put(error)
        else:
            ended.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        error = ended.get(timeout=seconds)
    except queue.Empty:
        raise UnreachableError(SLOW.at(address)) from None
    if error:
        raise error


def probe(config: Mapping[str, Any], headers: Mapping[str, Any]) -> None:
    """Ask for the user and then for data; raises `ConfigError` or `UnreachableError` with the cause and what to do.

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
        return requests.get(host + path, headers={**headers, **extra}, timeout=HURRIED.timeout, allow_redirects=False)
    except requests.RequestException as error:
        raise UnreachableError(explained(error).at(host)) from error


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
        body = json_body.writable(response.content)
    except ValueError as error:
        raise ConfigError(f"What answers at {config['api_url']} is not Zendesk; check `subdomain`.") from error
    return body if isinstance(body, dict) else {}
