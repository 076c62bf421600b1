"""The seeded rows of Chat: their times, ids and references."""

from __future__ import annotations

from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker

PEOPLE = 3


def with_microseconds(epoch: int, index: int) -> str:
    """A time with microseconds."""
    return f"{iso(epoch)[:-1]}.{index * 7919 % 1_000_000:06}Z"


@fixup("chats")
def chat(row: Row, m: Maker) -> None:
    visitor = m.seed_ids.id_of("chat_visitors", m.index)
    row.update(timestamp=iso(m.created), end_timestamp=iso(m.created + 300), update_timestamp=iso(m.updated))
    row["visitor"] |= {"id": visitor, "name": f"Visitor {m.index}"}
    row.update(department_id=m.seed_ids.id_of("chat_departments", m.index), deleted=m.index % 40 == 9)
    row["zendesk_ticket_id"] = m.seed_ids.id_of("tickets", m.index) if m.index % 3 else None


@fixup("chat_agent_timeline")
def timespan(row: Row, m: Maker) -> None:
    row.update(agent_id=m.seed_ids.agent(m.index % PEOPLE), start_time=with_microseconds(m.created, m.index))


@fixup("chat_agent_events")
def agent_event(row: Row, m: Maker) -> None:
    row.update(agent_id=m.seed_ids.agent(m.index % PEOPLE), timestamp=with_microseconds(m.created, m.index))
    values = ("online", "away") if row["field_name"] == "status" else (m.index % 3, m.index % 3 + 1)
    row.update(previous_value=values[0], value=values[1])


@fixup("chat_conversions", "chat_department_events")
def event(row: Row, m: Maker) -> None:
    row["timestamp"] = iso(m.created)


@fixup("chat_agents")
def agent(row: Row, m: Maker) -> None:
    row.update(display_name=m.person(), role_id=m.seed_ids.id_of("chat_roles", m.index))


@fixup("chat_agent_routing_settings")
def agent_routing_settings(row: Row, m: Maker) -> None:
    row["agent_id"] = m.id


@fixup("chat_bans")
def ban(row: Row, m: Maker) -> None:
    row["type"] = "visitor" if m.index % 3 else "ip_address"
    row["created_at"] = None if m.index < PEOPLE else iso(m.created)
    for name in ("visitor_id", "visitor_name") if row["type"] == "ip_address" else ("ip_address",):
        del row[name]


@fixup("chat_shortcuts")
def shortcut(row: Row, m: Maker) -> None:
    row["name"] = m.id


@fixup("chat_triggers")
def trigger(row: Row, m: Maker) -> None:
    row["definition"] |= {
        "condition": ["and", ["eq", "@visitor_served", False], ["stillOnPage", 60]],
        "actions": [["wait", 5], ["sendMessageToVisitor", "Support", f"Hello {m.index}"]],
    }
