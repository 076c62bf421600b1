"""The connection check."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import requests
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zendesk.errors import ConfigError, UnreachableError
from source_zendesk.http.connection_failure import ConnectionFailure
from source_zendesk.http.error_text import one_line, parse_json, reason_text
from source_zendesk.http.intermediaries import detect_intermediary
from source_zendesk.http.refusals import account_block
from source_zendesk.http.session import SYNC_TIMEOUTS
from source_zendesk.http.token_exchange import token_exchanges
from source_zendesk.settings.check_requests import PROBE_SECONDS, CheckRequests, is_temporary
from source_zendesk.settings.settings import Settings

LOGGER = logging.getLogger("airbyte")
TOTAL_SECONDS = 20.0
SLOW = ConnectionFailure(
    "it took too long (timeout)",
    "check this machine's name server, and the firewall or proxy on the way; then try again",
)


class AccessCheck(NamedTuple):
    """The check of the access to a product, or to Support if `product` is empty.

    `run` sends requests to the address, and raises an error if they fail.
    """

    product: str
    address: str
    run: Callable[[], None]


def find_failures(checks: Sequence[AccessCheck]) -> list[str]:
    """Run the checks at the same time; the cause and the remedy of each that fails, in their order.

    The text of a failed product starts with the name of its block.
    """
    with ThreadPoolExecutor(len(checks)) as threads:
        return [failure for failure in threads.map(_find_failure, checks) if failure]


def _find_failure(check: AccessCheck) -> str:
    """The cause and the remedy; empty if the check succeeds."""
    try:
        run_within(check.address, check.run)
    except Exception as error:  # noqa: BLE001  # a check has a result, whatever fails
        text = describe_failure(error)
        return f"`{check.product}`: {text}" if check.product else text
    return ""


def describe_failure(error: Exception) -> str:
    """The cause and the remedy of an error in `check`; the type and the text of an unexpected one."""
    if isinstance(error, AirbyteTracedException):
        return str(error.message)
    cause = one_line(f"{type(error).__name__}: {error}")
    LOGGER.debug("check: %s", cause, exc_info=error)
    return f"The connector failed ({cause})."


def run_within(address: str, work: Callable[[], None], seconds: float = TOTAL_SECONDS) -> None:
    """Run `work` in a thread and raise its error, or `UnreachableError` after `seconds`; the thread is then abandoned.

    The timeouts of a request do not include the name server or several addresses of a host. If a single-use refresh
    token was sent, the process waits for the response, which contains its successor.
    """
    results: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # the caller raises it
            results.put(error)
        else:
            results.put(None)

    threading.Thread(target=run, daemon=True).start()
    try:
        error = results.get(timeout=seconds)
    except queue.Empty:
        if token_exchanges.are_active:
            LOGGER.info("check: waiting for the response to the refresh token, up to %.0f s", SYNC_TIMEOUTS.read)
            token_exchanges.wait(SYNC_TIMEOUTS.read)
        raise UnreachableError(SLOW.message_for(address)) from None
    if error:
        raise error


class Probe:
    """Requests the user of the credentials and then data.

    After `run`, `role` is the role of the user, as Zendesk sends it.
    """

    role: object = None

    def __init__(self, settings: Settings, seconds: float = PROBE_SECONDS) -> None:
        self._settings, self._requests = settings, CheckRequests(settings.config, seconds)

    def run(self, headers: Mapping[str, Any]) -> None:
        """Raise `ConfigError` or `UnreachableError` with the cause and the remedy if the account cannot be read.

        Zendesk returns a user even without valid credentials and for accounts without Support.
        https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
        """
        user = _body(self._requests.get("/api/v2/users/me", headers), self._settings).get("user")
        user = user if isinstance(user, dict) else {}
        if not user.get("id"):
            raise ConfigError(
                "Zendesk did not recognize the credentials and treats the request as anonymous; check "
                "`credentials.email` and its secret, and that Admin Center allows this sign-in method."
            )
        if user.get("role") == "end-user":
            raise ConfigError(
                "The user of `credentials` is an end user; use the credentials of an agent or an administrator."
            )
        self.role = user.get("role")
        _body(self._requests.get("/api/v2/tags", headers), self._settings)


def _body(response: requests.Response, settings: Settings) -> dict[str, Any]:
    _raise_for_refusal(response, settings)
    body = parse_json(response)
    if not isinstance(body, dict):
        raise ConfigError(f"The server at {settings.api_url} is not Zendesk; check `subdomain`.")
    return body


def _raise_for_refusal(response: requests.Response, settings: Settings) -> None:
    status, kind = response.status_code, settings.credentials_kind
    reason = f"{status}: {reason_text(response)}"
    if server := detect_intermediary(response):
        raise ConfigError(
            f"The server at {settings.api_url} is not Zendesk: {server.cause}; {server.remedy}. ({status})"
        )
    if 300 <= status < 400 or status in (404, 410):
        raise ConfigError(f"There is no Zendesk account {settings.subdomain}; check `subdomain`. ({reason})")
    if status == 401:
        raise ConfigError(f"Zendesk refuses the credentials ({kind}); check `credentials`. ({reason})")
    if block := account_block(response):
        cause, remedy = block
        raise ConfigError(f"Zendesk refuses access, because {cause}; {remedy}. ({reason})")
    if status == 403:
        raise ConfigError(
            "The user of `credentials` may not read this account's data; give them an agent's role with access to it, "
            f"and OAuth tokens the scope `read`. ({reason})"
        )
    if is_temporary(status):
        raise ConfigError(f"Zendesk is unavailable; try again. ({reason})")
    if status >= 400:
        raise ConfigError(
            "Zendesk refuses the requests of `check`; check `credentials` and `on_behalf_of`, and that the account is "
            f"active. ({reason})"
        )
