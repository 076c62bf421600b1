"""OAuth clients and tokens, which contain secrets."""

from __future__ import annotations

import secrets
from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters, lists

USED_AT = "2026-01-05T10:00:00Z"
filters.FILTERS.update({"oauth_tokens.client_id": filters.same("client_id")})


@fixup("oauth_clients")
def client(row: Row, m: Maker) -> None:
    row.update(
        identifier=f"client_{m.index + 1}", secret=f"client-secret-{m.index + 1}", user_id=m.seed_ids.agent(m.index)
    )
    row.update(redirect_uri=["https://example.com/callback"])


@fixup("oauth_tokens")
def token(row: Row, m: Maker) -> None:
    row.update(token=f"access-token-{m.index + 1}", refresh_token=f"refresh-token-{m.index + 1}")
    row.update(scopes=["read", "write"], client_id=m.seed_ids.id_of("oauth_clients", m.index))


def _own(call: Call, rows: Rows) -> Rows:
    user = (call.account.user or {}).get("id")
    return rows.where(lambda row: row["user_id"] == user)


def _summary(call: Call, rows: Rows) -> Rows:
    """Only clients with tokens; every second client has expired tokens alone."""
    clients = rows.dicts() if call.query_value("include_expired") == "true" else rows.dicts()[::2]
    return listing({"id": row["id"], "tokens_count": 1 + row["id"] % 3, "last_used_at": USED_AT} for row in clients)


lists.WHERE.update({"own_clients": _own, "token_summary": _summary})


@serve("current_token")
def current_token(call: Call) -> Reply:
    return ok({"token": call.account.store.all("oauth_tokens")[0]})


@serve("generate_secret")
def generate_secret(call: Call) -> Reply:
    row: Any = lists.path_row(call)
    changed = call.account.store.update("oauth_clients", row["id"], secret=secrets.token_hex(16))
    return ok({"client": changed})
