"""The account as a whole: its state, its plan, who is asking, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration_tests.emulator.api.jobs import JobRows, Jobs
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.data.clock import Clock, epoch_of
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seed_ids import Census
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.data.tables import seeded

PLANS = ("team", "growth", "professional", "enterprise")
NEEDS: dict[str, str] = {
    "/api/v2/audit_logs": "enterprise", "/api/v2/custom_roles": "enterprise", "/api/v2/group_slas": "enterprise",
    "/api/v2/routing": "enterprise", "/api/v2/incremental/routing": "enterprise", "/api/v2/workspaces": "enterprise",
    "/api/v2/triggers/{trigger_id}/revisions": "enterprise", "/api/v2/slas": "growth", "/api/v2/ticket_forms": "growth",
    "/api/v2/satisfaction_ratings": "growth", "/api/v2/satisfaction_reasons": "growth",
    "/api/v2/custom_objects": "growth", "/api/v2/business_hours": "professional",
    "/api/v2/guide/survey_responses": "growth", "/api/v2/tickets/{ticket_id}/slas": "enterprise",
    "/api/v2/tickets/{ticket_id}/group_slas": "enterprise",
}  # fmt: skip
"""The lowest plan that has what starts with this path."""
LOOPBACK = frozenset({"", "127.0.0.1", "localhost"})
MISSING = frozenset({"/api/v2/business_hours", "/api/v2/custom_objects", "/api/v2/group_slas", "/api/v2/workspaces"})
"""Without the plan these do not exist (404); the others are refused (403)."""


@dataclass
class Request:
    """A request as it came, and the status that it was answered with."""

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
    """What kind of account it is; `lacks` tells the status by which a product says that it was not bought."""

    plan: str = "enterprise"
    role: str = "admin"
    metric_sets: str = "embedded"
    ignores: frozenset[str] = frozenset()
    same_second: str = "whole"
    lacks: Mapping[str, int] = field(default_factory=dict)
    warm: bool = False


@dataclass
class Login:
    """The credentials that the account accepts."""

    email: str = "owner@example.com"
    api_token: str = "emulated-api-token"
    password: str = "emulated-password"
    access_token: str = "emulated-access-token"


class Account:
    """One Zendesk account; `lock` guards it between the server's thread and the test's.

    `meanwhile` is called before each answer, for what happens to the account while it is read.
    """

    subdomain = "acme"

    def __init__(self, census: Census, clock: Clock, options: Options) -> None:
        self.clock = clock
        self.options = options
        self.login = Login()
        self.store = Store(census, clock, warm=options.warm)
        self.lock = self.store.lock
        self.jobs = Jobs(clock)
        self.store.add_source("job_statuses", JobRows(self.jobs, seeded("job_statuses", census)))
        self.requests: list[Request] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.user: Row | None = None
        self.scopes: frozenset[str] = frozenset({"read", "write"})
        self.ai_agent_tickets: set[int] = set()
        self.uploads: dict[str, Row] = {}
        self.idempotent: dict[str, tuple[float, bytes, Reply]] = {}
        self._stamps: dict[str, tuple[int, list[tuple[int, Any]]]] = {}

    @property
    def metric_sets(self) -> str:
        return self.options.metric_sets

    @property
    def same_second(self) -> str:
        return self.options.same_second

    def owner(self) -> Row:
        return self.store.get("users", self.store.census.agent(0)) or {}

    def stamps(self, name: str) -> list[tuple[int, Any]]:
        """The rows of an exported table as (updated, id), in that order."""
        table = self.store.writable(name)
        kept = self._stamps.get(name)
        if kept is None or kept[0] != table.version:
            made = sorted((epoch_of((table.get(i) or {})["updated_at"]), i) for i in table.ids())
            kept = self._stamps[name] = (table.version, made)
        return kept[1]

    def brand_at(self, host: str) -> Row | None:
        """The brand that a host name belongs to; the loopback address is the account's own."""
        brands = self.store.all("brands")
        if host.partition(":")[0] in LOOPBACK:
            return brands[0]
        named, _, domain = host.partition(".")
        known = (row for row in brands if row["subdomain"] == named and not row["is_deleted"])
        return next(known, None) if domain.partition(":")[0] == "zendesk.com" else None

    def lacks(self, path: str) -> str | None:
        """`missing` or `forbidden` when the plan does not include an endpoint."""
        for prefix, plan in NEEDS.items():
            if (path == prefix or path.startswith(prefix + "/")) and PLANS.index(self.options.plan) < PLANS.index(plan):
                return "missing" if prefix in MISSING else "forbidden"
        return None
