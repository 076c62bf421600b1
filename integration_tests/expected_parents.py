"""The path and query values with which an endpoint returns all its rows, derived from the emulator's `endpoints.json`.

`endpoints.json` is written from Zendesk's documentation. Nothing here reads the connector's manifest, so a wrong parent
in the manifest is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.emulator.api.routes import Endpoint, endpoints
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import CHILDREN
from integration_tests.emulator.products.help_center.seed import LOCALES
from integration_tests.emulator.reads.lists import PARENTS

CHUNK = 20
"""The maximum number of ids that every show_many accepts."""
BATCHED = {"ids": "id", "keys": "key", "identifiers": "placeholder", "ticket_ids": "id"}
"""The field of a row for each query parameter that names several rows."""
DOCUMENTED_VALUES = {
    "incremental_resource": ("tickets", "ticket_events", "users", "organizations"),
    "channel": ("support", "messaging", "talk"),
}
"""The values of placeholders that are no ids."""
DISPLAY_LOCALES = {"/api/v2/guide/{locale}/surveys": ("en-us",)}
"""The locale of endpoints whose rows are the same in every locale."""
LOOKUP_TARGETS = ("zen:user", "zen:ticket", "zen:organization")


def _is_agent(user: Row) -> bool:
    return user["role"] in ("agent", "admin")


SELECTED: dict[str, Callable[[Row], bool]] = {
    "/api/v2/agent_availabilities/{agent_id}": _is_agent,
    "/api/v2/users/{user_id}/entitlements/full": _is_agent,
    "/api/v2/users/{user_id}/groups/count": _is_agent,
    "/api/v2/users/{user_id}/tickets/assigned/count": _is_agent,
    "/api/v2/apps/{app_id}/public_key": lambda app: app["visibility"] == "private",
}
"""Endpoints that have rows of some parents only, although the emulator responds for all: agents, and apps one owns."""
OF_DELETED_USERS = frozenset(
    {"/api/v2/users/{user_id}/identities", "/api/v2/users/{user_id}/identities/{user_identity_id}"}
)
"""Endpoints that are also read for deleted users, whom no list contains."""
PARENTS_OF_LISTS = {each.path: each.parent for each in endpoints() if each.method == "GET"}


class ExpectedParents:
    """The values for all requests to an endpoint of one account."""

    def __init__(self, zendesk: Emulator) -> None:
        self._zendesk, self._store = zendesk, zendesk.store

    def values(self, endpoint: Endpoint) -> Iterator[Row]:
        """The values of each request: placeholders, a query parameter, and `brand_id` for the host of a help center."""
        for brand in self.help_centers() if endpoint.brand else [{}]:
            yield from self._fill_path(endpoint, endpoint.placeholders, brand)

    def help_centers(self) -> list[Row]:
        """The `brand_id` of each help center."""
        brands = self._store.all("brands")
        return [{"brand_id": each["id"]} for each in brands if each["has_help_center"] and not each["is_deleted"]]

    def _fill_path(self, endpoint: Endpoint, names: list[str], chosen: Row) -> Iterator[Row]:
        if not names:
            yield from ({**chosen, **query} for query in self._queries(endpoint))
            return
        for value in self._choices(endpoint, names[0], chosen):
            yield from self._fill_path(endpoint, names[1:], {**chosen, names[0]: value})

    def _queries(self, endpoint: Endpoint) -> Iterable[Row]:
        """The parameters that select rows, in chunks; one empty query for an endpoint that lists them itself."""
        if endpoint.of == "email_notifications" and not endpoint.placeholders:
            return [{"filter[ticket_id]": number} for number in self._store.tickets.ids()]
        if endpoint.serve == "messaging_conversations":
            return [{"filter[userId]": each["id"]} for each in self._store.all("messaging_users")]
        if endpoint.serve == "featured_articles":
            return [{"locale": locale} for locale in LOCALES]
        is_batched = endpoint.path.endswith(("_many", "/fulfilled"))
        name = next((name for name in BATCHED if name in endpoint.query), "") if is_batched else ""
        if not name:
            return [{}]
        rows = [self._row(endpoint.of, key) for key in self._store.shown(endpoint.of)]
        values = [str(row[BATCHED[name]]).removeprefix("{{dc.").removesuffix("}}") for row in rows]
        return [{name: ",".join(values[start : start + CHUNK])} for start in range(0, len(values), CHUNK)]

    def _choices(self, endpoint: Endpoint, name: str, chosen: Row) -> Iterable[Any]:
        """The values of a placeholder, after the placeholders before it are chosen."""
        if name in DOCUMENTED_VALUES:
            return DOCUMENTED_VALUES[name]
        if name == "target_type":
            return [
                *LOOKUP_TARGETS,
                *(f"zen:custom_object:{each['key']}" for each in self._store.all("custom_objects")),
            ]
        if name == "locale":
            owner = [(field, chosen[parent]) for parent, field in endpoint.parent.items()]
            if not owner:
                return DISPLAY_LOCALES.get(endpoint.path, LOCALES)
            return [row["locale"] for row in self._store.children(endpoint.of, **dict(owner))]
        if name == "job_id":
            return filter(None, (each["pending_job_id"] for each in self._store.all("sell_installations")))
        collection = endpoint.through.get(name) or (endpoint.of if name == endpoint.id else PARENTS[name])
        rows = [(key, self._row(collection, key)) for key in self._keys(endpoint, name, collection, chosen)]
        if collection == "agent_availabilities":
            return [row["attributes"]["agent_id"] for _, row in rows]
        # If some ids of a collection are texts, Zendesk documents all of them as texts.
        has_texts = any(isinstance(key, str) for key, _ in rows)
        return [str(key) if has_texts else key for key, _ in rows]

    def _keys(self, endpoint: Endpoint, name: str, collection: str, chosen: Row) -> Iterable[Any]:
        """The keys of a collection, only those below the chosen parent if the list in the path is of one parent."""
        prefix = endpoint.path.partition(f"/{{{name}}}")[0]
        parents = endpoint.parent if name == endpoint.id else PARENTS_OF_LISTS.get(prefix, {})
        for parent, field in parents.items():
            if parent in chosen:
                return self._store.table(collection).by(field, chosen[parent])
        if is_selected := SELECTED.get(endpoint.path):
            return [key for key in self._store.shown(collection) if is_selected(self._row(collection, key))]
        if CHILDREN.get(collection, ("",))[0] == "tickets":
            table, live = self._store.writable(collection), set(self._store.tickets.ids())
            return [key for key in table.ids() if table.parent_of(key) in live]
        if collection == "users" and name != endpoint.id and endpoint.path not in OF_DELETED_USERS:
            return self._store.shown("users")
        return self._store.table(collection).ids()

    def _row(self, collection: str, key: Any) -> Row:
        return self._store.table(collection).get(key) or {}
