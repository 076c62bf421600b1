"""The account: its state, its options, the current user and the recorded requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration_tests.emulator.api.jobs import JobRows, Jobs
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.api.signed_uploads import SignedUploads
from integration_tests.emulator.data.clock import Clock, epoch_of
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import SeedIds
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.data.tables import seeded

PLANS = ("team", "growth", "professional", "enterprise")
REQUIRED_PLANS: dict[str, str] = {
    "/api/v2/audit_logs": "enterprise", "/api/v2/custom_roles": "enterprise", "/api/v2/group_slas": "enterprise",
    "/api/v2/routing": "enterprise", "/api/v2/incremental/routing": "enterprise", "/api/v2/workspaces": "enterprise",
    "/api/v2/triggers/{trigger_id}/revisions": "enterprise", "/api/v2/slas": "growth", "/api/v2/ticket_forms": "growth",
    "/api/v2/satisfaction_ratings": "growth", "/api/v2/satisfaction_reasons": "growth",
    "/api/v2/custom_objects": "growth", "/api/v2/business_hours": "professional",
    "/api/v2/guide/survey_responses": "growth", "/api/v2/tickets/{ticket_id}/slas": "enterprise",
    "/api/v2/tickets/{ticket_id}/group_slas": "enterprise",
}  # fmt: skip
"""The lowest plan that includes the endpoints below a path."""
LOOPBACK = frozenset({"", "127.0.0.1", "localhost"})
NOT_FOUND_WITHOUT_PLAN = frozenset(
    {"/api/v2/business_hours", "/api/v2/custom_objects", "/api/v2/group_slas", "/api/v2/workspaces"}
)
"""Paths that return 404 outside the plan; the others return 403."""


@dataclass
class Request:
    """A received request, and the status of its response."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    status: int = 0

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Options:
    """How the account behaves.

    `plan` is team, growth, professional or enterprise; `role` is that of the credentials, admin or agent. `metric_sets`
    places that sideload: embedded or top_level. `ignored_sideloads` are omitted from responses. `refused_products` maps
    products outside the account's plan to the status that they return. `same_second` is whole if a time-based page
    contains all of its last second, and split if not. `warm` serializes all tickets in advance.
    """

    plan: str = "enterprise"
    role: str = "admin"
    metric_sets: str = "embedded"
    ignored_sideloads: frozenset[str] = frozenset()
    same_second: str = "whole"
    refused_products: Mapping[str, int] = field(default_factory=dict)
    warm: bool = False


@dataclass
class Login:
    """The credentials that the account accepts."""

    email: str = "owner@example.com"
    api_token: str = "emulated-api-token"
    password: str = "emulated-password"
    access_token: str = "emulated-access-token"
    replaced_tokens: dict[str, str] = field(default_factory=dict)

    def product_token(self, product: str) -> str:
        """The bearer token of a product with credentials of its own; tests may replace it."""
        return self.replaced_tokens.get(product, f"{product}-token")

    def product_key(self, product: str) -> tuple[str, str]:
        """Its key and secret for Basic authentication."""
        return f"{product}-key", f"{product}-secret"


class Account:
    """One Zendesk account; `lock` synchronizes the server's thread and the test's.

    `before_response` is called before each response, to change the account during a read.
    """

    subdomain = "acme"

    def __init__(self, seed_ids: SeedIds, clock: Clock, options: Options) -> None:
        self.clock = clock
        self.options = options
        self.login = Login()
        self.store = Store(seed_ids, clock, warm=options.warm)
        self.lock = self.store.lock
        self.jobs = Jobs(clock)
        self.store.add_source("job_statuses", JobRows(self.jobs, seeded("job_statuses", seed_ids)))
        self.requests: list[Request] = []
        self.before_response: Callable[[], object] = lambda: None
        self.user: Row | None = None
        self.scopes: frozenset[str] = frozenset({"read", "write"})
        self.ai_agent_tickets: set[int] = set()
        self.users_of_separated_brands: set[int] = set()
        self.service_catalog_forms: set[int] = set()
        self.uploads: dict[str, Row] = {}
        self.signed_uploads = SignedUploads()
        self.idempotent: dict[str, tuple[float, bytes, Reply]] = {}
        self._update_times: dict[str, tuple[int, list[tuple[int, Any]]]] = {}

    @property
    def metric_sets(self) -> str:
        return self.options.metric_sets

    @property
    def same_second(self) -> str:
        return self.options.same_second

    def owner(self) -> Row:
        return self.store.get("users", self.store.seed_ids.agent(0)) or {}

    def update_times(self, name: str) -> list[tuple[int, Any]]:
        """The rows of an exported table as (updated, id), in that order."""
        table = self.store.writable(name)
        cached = self._update_times.get(name)
        if cached is None or cached[0] != table.version:
            ordered = sorted((epoch_of((table.get(i) or {})["updated_at"]), i) for i in table.ids())
            cached = self._update_times[name] = (table.version, ordered)
        return cached[1]

    def brand_at(self, host: str) -> Row | None:
        """The brand of a host name; a loopback address is that of the default brand."""
        brands = self.store.all("brands")
        if host.partition(":")[0] in LOOPBACK:
            return brands[0]
        named, _, domain = host.partition(".")
        known = (row for row in brands if row["subdomain"] == named and not row["is_deleted"])
        return next(known, None) if domain.partition(":")[0] == "zendesk.com" else None

    def plan_refusal(self, path: str) -> str | None:
        """`missing` or `forbidden` if the plan does not include the endpoint, None otherwise."""
        for prefix, plan in REQUIRED_PLANS.items():
            if (path == prefix or path.startswith(prefix + "/")) and PLANS.index(self.options.plan) < PLANS.index(plan):
                return "missing" if prefix in NOT_FOUND_WITHOUT_PLAN else "forbidden"
        return None
