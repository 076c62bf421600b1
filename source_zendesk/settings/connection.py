"""The connection check."""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from source_zendesk.errors import ConfigError, UnreachableError
from source_zendesk.http.backoff import RetryAfterBackoff
from source_zendesk.http.connection_failure import ConnectionFailure, classify_failure, is_transient
from source_zendesk.http.error_text import error_text, parse_json
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.refusals import account_block
from source_zendesk.http.session import CHECK_TIMEOUTS, account_session

LOGGER = logging.getLogger("airbyte")
TOTAL_SECONDS = 20.0
# So that a request that nothing answers ends by itself, and what it ended in is told.
SECONDS_OF_PROBE = 18.0
SHORTEST_TIMEOUT = 0.5
MAX_ATTEMPTS = 6
SLOW = ConnectionFailure(
    "it took too long (timeout)",
    "check this machine's name server, and the firewall or proxy on the way; then try again",
)


def run_within(address: str, work: Callable[[], None], seconds: float = TOTAL_SECONDS) -> None:
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
        raise UnreachableError(SLOW.message_for(address)) from None
    if error:
        raise error


class Probe:
    """Asks an account for its user and then for data, again after what passes.

    What passes are 429, 408, 5xx, dropped connections and timeouts; `run` raises what was seen last.
    """

    def __init__(self, config: Mapping[str, Any], seconds: float = SECONDS_OF_PROBE) -> None:
        self._config, self._waits = config, RetryAfterBackoff(config)
        self._deadline = time.monotonic() + seconds

    def run(self, headers: Mapping[str, Any]) -> None:
        """Raise `ConfigError` or `UnreachableError` with the cause and what to do, unless the account can be read.

        Zendesk answers the question for the user even to strangers, and on accounts whose Support has ended.
        https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
        """
        user = _body(self._answer(headers, "/api/v2/users/me"), self._config).get("user")
        user = user if isinstance(user, dict) else {}
        if not user.get("id"):
            raise ConfigError(
                "Zendesk takes the request for that of an anonymous visitor; check `credentials.email` and its secret, "
                "and that this way of signing in is switched on in Admin Center."
            )
        if user.get("role") == "end-user":
            raise ConfigError("The user of `credentials` is an end user; use those of an agent or an administrator.")
        _body(self._answer(headers, "/api/v2/tags"), self._config)

    def _answer(self, headers: Mapping[str, Any], path: str) -> requests.Response:
        for attempt in itertools.count(1):
            outcome = self._ask(headers, path)
            wait = self._waits.wait_seconds(outcome, attempt)
            if attempt >= MAX_ATTEMPTS or not _passes(outcome) or time.monotonic() + wait > self._deadline:
                break
            LOGGER.info("check: %s; asking again in %.1f s", _seen(outcome), wait)
            time.sleep(wait)
        if isinstance(outcome, requests.Response):
            return outcome
        raise UnreachableError(classify_failure(outcome).message_for(self._config["api_url"])) from outcome

    def _ask(self, headers: Mapping[str, Any], path: str) -> requests.Response | requests.RequestException:
        behalf = self._config["on_behalf_of"]
        extra = {"X-On-Behalf-Of": behalf} if behalf else {}
        left = max(self._deadline - time.monotonic(), SHORTEST_TIMEOUT)
        timeout = (min(CHECK_TIMEOUTS.connect, left), min(CHECK_TIMEOUTS.read, left))
        address = self._config["api_url"]
        try:
            with account_session(address) as session:
                sent = {**headers, **extra}
                return session.get(address + path, headers=sent, timeout=timeout, allow_redirects=False)
        except requests.RequestException as error:
            return error


def _passes(outcome: requests.Response | requests.RequestException) -> bool:
    if isinstance(outcome, requests.Response):
        return outcome.status_code >= 500 or outcome.status_code in (408, 429)
    return is_transient(outcome)


def _seen(outcome: requests.Response | requests.RequestException) -> str:
    if isinstance(outcome, requests.Response):
        return f"Zendesk answers with status {outcome.status_code}"
    return f"no answer, {classify_failure(outcome).cause}"


def _body(response: requests.Response, config: Mapping[str, Any]) -> dict[str, Any]:
    _raise_for_refusal(response, config)
    body = parse_json(response)
    if not isinstance(body, dict):
        raise ConfigError(f"What answers at {config['api_url']} is not Zendesk; check `subdomain`.")
    return body


def _raise_for_refusal(response: requests.Response, config: Mapping[str, Any]) -> None:
    status, kind = response.status_code, config["credentials"]["credentials"]
    reason = f"{status}: {error_text(response) or 'no reason given'}"
    if found := detect_intermediary(response):
        raise ConfigError(
            f"What answers at {config['api_url']} is not Zendesk: {found.cause}; {found.remedy}. ({status})"
        )
    if 300 <= status < 400 or status in (404, 410):
        raise ConfigError(f"There is no Zendesk account {config['subdomain']}; check `subdomain`. ({reason})")
    if status == 401:
        raise ConfigError(f"Zendesk refuses the credentials ({kind}); check `credentials`. ({reason})")
    if barred := account_block(response):
        raise ConfigError(f"Zendesk refuses, since {barred[0]}; {barred[1]}. ({reason})")
    if status == 403:
        raise ConfigError(
            "The user of `credentials` may not read this account's data; give them an agent's role with access to it, "
            f"and OAuth tokens the scope `read`. ({reason})"
        )
    if status >= 400:
        raise ConfigError(f"Zendesk cannot answer now; try again. ({reason})")
