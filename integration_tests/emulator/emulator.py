"""The emulator as tests use it."""

from __future__ import annotations

from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from integration_tests.emulator.api.account import Account, Options, Request
from integration_tests.emulator.api.jobs import Jobs
from integration_tests.emulator.api.routes import Endpoint, endpoints
from integration_tests.emulator.data.clock import Clock
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import Census
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.http.dispatch import parse_query
from integration_tests.emulator.http.faults import Faults
from integration_tests.emulator.http.limits import Limits
from integration_tests.emulator.http.oauth import OAuth
from integration_tests.emulator.http.server import Server, plain


class Emulator:
    """A seeded Zendesk account, served on a loopback port inside a `with` block.

    The same seed and sizes give the same rows. `plan` is team, growth, professional or enterprise; `role` is what the
    credentials may do (admin or agent); `metric_sets` says where that side-load is put (embedded or top_level);
    `ignores` names the side-loads that it does not heed; `lacks` gives products and the status that says that they were
    not bought; `same_second` says whether a time-based page is stretched to hold all of its last second (whole) or cut
    (split).
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        rows: int = 230,
        tickets: int = 230,
        rate_limits: bool = False,
        port: int = 0,
        now: float | None = None,
        **options: Any,
    ) -> None:
        self.clock = Clock(now)
        self.account = Account(Census(seed=seed, rows=rows, tickets=tickets), self.clock, Options(**options))
        self.server = Server(self.account, port)
        self.limits.on = rate_limits

    def __enter__(self) -> Emulator:
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.stop()

    @property
    def base_url(self) -> str:
        return self.server.base_url

    @property
    def store(self) -> Store:
        return self.account.store

    @property
    def faults(self) -> Faults:
        return self.server.dispatcher.faults

    @property
    def limits(self) -> Limits:
        return self.server.dispatcher.limits

    @property
    def jobs(self) -> Jobs:
        return self.account.jobs

    @property
    def oauth(self) -> OAuth:
        return self.server.dispatcher.oauth

    @property
    def options(self) -> Options:
        """Plan, role and shapes, which may be changed while the account is served."""
        return self.account.options

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return list(self.account.requests)

    def requests_to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == plain(path)]

    def clear_requests(self) -> None:
        self.account.requests.clear()

    @property
    def client_credentials(self) -> Row:
        """What the config of a connector says that comes with the account's OAuth client."""
        (client, secret), *_ = self.oauth.clients.items()
        return {"credentials": "client_credentials", "client_id": client, "client_secret": secret}

    def config(self, **more: Any) -> Row:
        """The least that a connector needs to read the account."""
        login = self.account.login
        credentials = {"credentials": "api_token", "email": login.email, "api_token": login.api_token}
        base: Row = {"subdomain": self.account.subdomain, "base_url": self.base_url, "credentials": credentials}
        return base | {"start_date": "2020-01-01T00:00:00Z"} | more

    def expected(self, method: str, path: str, host: str = "") -> list[Row]:
        """Every row that a complete crawl of a list endpoint must yield; ids in the path are concrete.

        `host` is the brand's, as in `brand3.zendesk.com`.
        """
        parts = urlsplit(path)
        endpoint, params = find(method, plain(parts.path))
        return self.server.dispatcher.rows(endpoint, params, parse_query(parts.query), plain(parts.path), host)


def find(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint that a concrete path belongs to; literal parts win over placeholders."""
    matches = [(e, params) for e in endpoints() if e.method == method and (params := _match(e.path, path)) is not None]
    if not matches:
        raise KeyError(f"no endpoint {method} {path}")
    return min(matches, key=lambda match: len(match[1]))


def _match(pattern: str, path: str) -> dict[str, str] | None:
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(not want.startswith("{") and want != have for want, have in pairs):
        return None
    return {want.strip("{}"): have for want, have in pairs if want.startswith("{")}
