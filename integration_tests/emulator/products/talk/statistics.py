"""Current values: statistics of today, agent states, and the call console with its token."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import lists

AGENTS = 25


@fixup("agents_activity")
def activity(row: Row, m: Maker) -> None:
    row.update(agent_id=m.id, name=m.person(), agent_state="online", via="client")


@serve("snapshot")
def snapshot(call: Call) -> Reply:
    """Current statistics, with the time of the request."""
    row = call.account.store.all(call.endpoint.of)[0]
    return ok({call.endpoint.key: row | {"current_timestamp": int(call.account.clock.epoch())}})


@serve("dashboard")
def dashboard(call: Call) -> Reply:
    now = int(call.account.clock.epoch())
    row = call.account.store.all(call.endpoint.of)[0]
    return ok(row | {"from": now - now % 86_400, "to": now, "agents": []})


@serve("agent_dashboard")
def agent_dashboard(call: Call) -> Reply:
    """A page of agents, nested in an object beside the number of pages, which contains no link.

    Zendesk documents no field of an agent.
    """
    rows, number = call.account.store.all("agents_activity"), call.query_number("page", 1) or 1
    size = call.query_number("per_page", AGENTS) or AGENTS
    pages = -(-len(rows) // size)
    pagination = {"current_page": number, "per_page": size, "total_entries": len(rows), "total_pages": pages}
    page = rows[(number - 1) * size : number * size]
    agents = [{"agent_id": row["agent_id"], "name": row["name"]} for row in page]
    return ok({"agents_activity": {"agents": agents, "pagination": pagination}})


@serve("talk_availability")
def talk_availability(call: Call) -> Reply:
    """The availability of one agent; 404 for end users."""
    user = lists.find(call, "users", call.params["agent_id"])
    if user["role"] == "end-user":
        raise errors.not_found()
    return ok({"availability": call.account.store.all("talk_availabilities")[0]})


@serve("call_console")
def call_console(_: Call) -> Reply:
    features = {"call_hold_enabled": True, "transfer_enabled": True, "user_seats_enabled": False}
    number = {"id": 1, "number": "+15551230001", "name": "Support", "country_code": "US", "sms_only": False}
    console = {"agent_state": "online", "client_access_token": "live-console-token", "current_call": None}
    rest = {
        "is_available": True,
        "via": "client",
        "voice_number": None,
        "features": features,
        "phone_numbers": [number],
    }
    return ok({"call_console": console | rest})
