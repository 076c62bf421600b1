"""Generates plausible field values; the same seed gives the same values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.seed_ids import FIRST, SPAN, SeedIds

HOST = "https://acme.zendesk.com"
"""The host in the URLs of rows, independent of the emulator's port."""

FIRST_NAMES = ("Ada", "Björk", "Chidi", "Dana", "Émile", "Fatima", "Goran", "Hana", "Ines", "Jürgen", "Kofi", "Lín")
LAST_NAMES = ("Abara", "Bauer", "Costa", "Dvořák", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen")
WORDS = ("invoice", "printer", "login", "refund", "delivery", "password", "order", "warranty", "update", "outage")
TAGS = ("vip", "billing", "beta", "urgent_case", "hardware", "emea", "apac", "renewal", "trial", "escalated")
LOCALES = ("en-US", "de", "fr", "ja", "pt-BR", "es-419")
TIME_ZONES = (("Berlin", "Europe/Berlin"), ("Pacific Time (US & Canada)", "America/Los_Angeles"), ("UTC", "Etc/UTC"))
KEPT = frozenset({
    "id", "url", "created_at", "updated_at", "name", "title", "type", "role", "active", "status", "key", "email",
    "position", "raw_title", "subject", "tags", "user_id", "group_id", "organization_id", "ticket_id",
    "attribute_id", "field_id", "author_id", "actor_id", "requester_id", "submitter_id", "default", "deleted",
    "score", "locale_id", "brand_id", "value", "status_category", "ticket_form_id", "event_type", "time", "metric",
    "instance_id", "count", "custom_object_key", "app_id", "source_id", "target_id", "source_type", "action",
    "permanently_deleted", "application", "account_subdomain", "account_key",
})  # fmt: skip
"""Fields that are never null."""


def precise(moment: str, index: int) -> str:
    """A time with milliseconds."""
    return f"{moment[:-1]}.{index * 37 % 1000:03}Z"


@dataclass
class Maker:
    """Generates the values of one row."""

    seed_ids: SeedIds
    collection: str
    index: int
    id: Any
    parent: Any = None

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed_ids.seed}/{self.collection}/{self.index}")
        total = max(self.seed_ids.count(self.collection), 1)
        self.created = FIRST + self.index * SPAN // max(total, 1) % SPAN + self.random.randrange(60)
        self.updated = self.created + self.random.randrange(60 * 86400)

    def row(self, shape: dict[str, Any]) -> dict[str, Any]:
        """A row with all fields of the shape, some of them null."""
        options = shape.get("|")
        fields = options[self.index % len(options)] if options else shape
        return {name: self._field(name, kind) for name, kind in fields.items()}

    def _field(self, name: str, kind: Any) -> Any:
        if isinstance(kind, str) and name not in KEPT and kind != "bool" and self.random.random() < 0.08:
            return None
        return self.value(name, kind)

    def value(self, name: str, kind: Any) -> Any:
        """A value for a field's name and type."""
        if isinstance(kind, dict):
            if "|" in kind:
                return self._one_of(name, kind["|"])
            return {inner: self.value(inner, of) for inner, of in kind.items()}
        if isinstance(kind, list):
            return self._list(name, kind[0])
        return self._scalar(name, kind)

    def _one_of(self, name: str, options: list[Any]) -> Any:
        return self.value(name, options[(self.index + self.random.randrange(2)) % len(options)])

    def _list(self, name: str, kind: Any) -> list[Any]:
        if name in ("tags", "domain_names"):
            return sorted(self.random.sample(TAGS, self.random.randrange(4)))
        return [self.value(name.removesuffix("s"), kind) for _ in range(self.random.randrange(3))]

    def _scalar(self, name: str, kind: str) -> Any:
        if kind.startswith("="):
            words = kind[1:].split("|")
            return words[self.random.randrange(len(words))]
        if kind == "object":
            return OBJECTS.get(name, dict)()
        maker = NAMED.get(name)
        value = maker(self) if maker else self._plain(name, kind)
        if kind == "ms":
            return precise(value, self.index)
        if kind == "int" and isinstance(value, str):
            return self.random.randrange(1 << 30)
        return str(value) if kind == "str" else value

    def _plain(self, name: str, kind: str) -> Any:
        if kind in ("time", "ms", "date") or name.endswith("_at"):
            return self._moment(kind)
        if name.endswith("_id") and kind == "int":
            return self._reference(name)
        if kind == "int":
            return self.random.randrange(1, 600)
        if kind in ("bool", "num"):
            return self.random.random() < 0.5 if kind == "bool" else round(self.random.random() * 100, 2)
        return self._text(name)

    def _moment(self, kind: str) -> str:
        when = iso(self.random.randrange(self.created, self.updated + 1))
        return when[:10] if kind == "date" else when

    def _reference(self, name: str) -> int:
        target = REFERENCES.get(name)
        chosen = self.random.randrange(1 << 20)
        found = self.seed_ids.id_of(target, chosen) if target else self.seed_ids.agent(chosen)
        return found if isinstance(found, int) else chosen

    def _text(self, name: str) -> str:
        if name.endswith("url"):
            return f"{HOST}/{self.collection}/{self.id}/{name}"
        word = WORDS[self.random.randrange(len(WORDS))]
        return f"{word} {name.replace('_', ' ')} {self.index + 1}"

    def of_brand(self, name: str, brand: Any) -> Any:
        """The id of a row in the help center of a brand."""
        ids = self.seed_ids.by_brand(name).get(brand) or [None]
        return ids[self.index % len(ids)]

    def person(self) -> str:
        return f"{FIRST_NAMES[self.index % 12]} {LAST_NAMES[self.index // 12 % 10]}"


OBJECTS: dict[str, Callable[[], dict[str, Any]]] = {
    "source": lambda: {"from": {}, "to": {}, "rel": None},
    "metadata": lambda: {"system": {"client": "", "ip_address": "127.0.0.1"}, "custom": {}},
}

REFERENCES = {
    "brand_id": "brands", "default_brand_id": "brands", "group_id": "groups", "default_group_id": "groups",
    "organization_id": "organizations", "ticket_id": "tickets", "problem_id": "tickets", "source_id": "tickets",
    "ticket_form_id": "ticket_forms", "custom_role_id": "custom_roles", "custom_status_id": "custom_statuses",
    "locale_id": "locales", "default_locale_id": "locales", "reason_id": "satisfaction_reasons",
    "macro_id": "macros", "trigger_id": "triggers", "app_id": "apps", "brand_ids": "brands",
    "restricted_brand_id": "brands", "ticket_field_id": "ticket_fields", "sharing_agreement_id": "sharing_agreements",
}  # fmt: skip


def _operator(maker: Maker) -> str:
    return ("is", "is_not", "less_than", "includes")[maker.random.randrange(4)]


def _condition_value(maker: Maker) -> Any:
    return ("solved", "open", "24", "true", "current_groups")[maker.random.randrange(5)]


NAMED: dict[str, Callable[[Maker], Any]] = {
    "id": lambda m: m.id,
    "url": lambda m: f"{HOST}/api/v2/{m.collection}/{m.id}.json",
    "created_at": lambda m: iso(m.created),
    "updated_at": lambda m: iso(m.updated),
    "deleted_at": lambda _: None,
    "position": lambda m: m.index + 1,
    "email": lambda m: f"person{m.index + 1}@example.com",
    "author_email": lambda m: f"author{m.index + 1}@example.org",
    "phone": lambda m: f"+4930{m.index:07d}",
    "locale": lambda m: LOCALES[m.index % 6],
    "locale_id": lambda m: m.seed_ids.id_of("locales", m.index),
    "time_zone": lambda m: TIME_ZONES[m.index % 3][0],
    "iana_time_zone": lambda m: TIME_ZONES[m.index % 3][1],
    "ip_address": lambda m: f"192.0.2.{m.index % 255}",
    "subdomain": lambda m: f"acme{m.index + 1}",
    "external_id": lambda m: f"ext-{m.index + 1}" if m.index % 4 else None,
    "active": lambda m: m.index % 5 != 4,
    "deleted": lambda _: False,
    "default": lambda m: m.index == 0,
    "operator": _operator,
    "value": _condition_value,
    "field": lambda m: ("status", "priority", "group_id", "set_tags", "assignee_id")[m.random.randrange(5)],
    "user_id": lambda m: m.seed_ids.id_of("users", m.random.randrange(1 << 20)),
    "requester_id": lambda m: m.seed_ids.end_user(m.random.randrange(1 << 20)),
    "size": lambda m: m.random.randrange(100, 90_000),
    "content_type": lambda _: "image/png",
    "file_name": lambda m: f"photo {m.index + 1}.png",
    "filename": lambda m: f"photo {m.index + 1}.png",
    "channel": lambda m: ("email", "web", "api", "mobile")[m.random.randrange(4)],
    "rel": lambda _: None,
    "regexp_for_validation": lambda m: None if m.index % 3 else "^[a-z]+$",
    "time": lambda m: iso(m.updated),
    "custom_object_key": lambda m: m.parent,
    "target_in_seconds": lambda m: m.random.randrange(1, 200) * 60,
}  # fmt: skip
