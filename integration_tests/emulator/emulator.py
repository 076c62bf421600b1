"""The emulator's interface for tests."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from integration_tests.emulator.api.account import Account, Options, Request
from integration_tests.emulator.api.jobs import Jobs
from integration_tests.emulator.api.routes import Endpoint, accounts, endpoints
from integration_tests.emulator.data.clock import Clock
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.http.dispatch import parse_query
from integration_tests.emulator.http.faults import Faults
from integration_tests.emulator.http.limits import Limits
from integration_tests.emulator.http.oauth import OAuth
from integration_tests.emulator.http.server import Server, strip_suffix

STORAGE = "/storage/"
"""The beginning of paths on the storage host, which are no endpoints of the account."""


class Emulator:
    """A seeded Zendesk account, served on a loopback port inside a `with` block.

    The same seed and sizes give the same rows. The clock starts at `now`, and stands still if it is `frozen`.
    `options` are the fields of `Options`.
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
        frozen: bool = False,
        **options: Any,
    ) -> None:
        self.clock = Clock(now)
        self.account = Account(SeedIds(seed=seed, rows=rows, tickets=tickets), self.clock, Options(**options))
        self.server = Server(self.account, port)
        self.limits.on = rate_limits
        if frozen:
            self.clock.freeze()

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
        """The options of the account; tests may change them while it is served."""
        return self.account.options

    @property
    def requests(self) -> list[Request]:
        """Every request so far."""
        return list(self.account.requests)

    def requests_to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == strip_suffix(path)]

    def clear_requests(self) -> None:
        self.account.requests.clear()

    @property
    def client_credentials(self) -> Row:
        """The `credentials` of a connector config that uses the account's OAuth client."""
        (client, secret), *_ = self.oauth.clients.items()
        return {"credentials": "client_credentials", "client_id": client, "client_secret": secret}

    def config(self, **more: Any) -> Row:
        """A connector config for the account and its products, with no other options."""
        login = self.account.login
        credentials = {"credentials": "api_token", "email": login.email, "api_token": login.api_token}
        base: Row = {"subdomain": self.account.subdomain, "base_url": self.base_url, "credentials": credentials}
        return base | {"start_date": "2020-01-01T00:00:00Z"} | self.product_blocks() | more

    def product_blocks(self) -> Row:
        """The blocks of all products with credentials of their own; the secret is in the field named by its kind."""
        login = self.account.login
        kinds = {product: fields.get("credentials", "access_token") for product, fields in accounts().items()}
        return {
            product: {"credentials": kind, kind: login.product_token(product), **accounts()[product]}
            for product, kind in kinds.items()
        }

    def expected(self, method: str, path: str, host: str = "") -> list[Row]:
        """All rows of an endpoint, without its pages; ids in the path are concrete.

        `host` is the brand's, as in `brand3.zendesk.com`.
        """
        parts = urlsplit(path)
        endpoint, params = find_endpoint(method, strip_suffix(parts.path))
        return self.server.dispatcher.rows(endpoint, params, parse_query(parts.query), strip_suffix(parts.path), host)


def find_endpoint(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of a concrete path, with its path parameters; literal parts win over placeholders."""
    parts = path.split("/")
    candidates = _endpoints_by_length().get((method, len(parts)), [])
    matches = [(e, params) for e, pattern in candidates if (params := _match(pattern, parts)) is not None]
    if not matches:
        raise KeyError(f"no endpoint {method} {path}")
    return min(matches, key=lambda match: len(match[1]))


@cache
def _endpoints_by_length() -> dict[tuple[str, int], list[tuple[Endpoint, list[str]]]]:
    """The endpoints and the parts of their paths, by method and number of parts."""
    found = defaultdict(list)
    for endpoint in endpoints():
        pattern = endpoint.path.split("/")
        found[endpoint.method, len(pattern)].append((endpoint, pattern))
    return dict(found)


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    params = {}
    for name, part in zip(pattern, parts, strict=True):
        if name.startswith("{"):
            params[name.strip("{}")] = part
        elif name != part:
            return None
    return params
