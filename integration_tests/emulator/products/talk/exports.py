"""The exports of calls and legs, whose `next_page` is never null."""

from __future__ import annotations

from bisect import bisect_left

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, page_body
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.exports.incremental import Stamps, time_of

LARGEST = 1000


@fixup("calls")
def call_row(row: Row, m: Maker) -> None:
    row.update(agent_id=m.seed_ids.agent(m.index), customer_id=m.seed_ids.end_user(m.index), call_charge="0.003")
    row.update(ticket_id=m.seed_ids.id_of("tickets", m.index) if m.index % 5 else None, quality_issues=["none"])
    row.update(line_id=m.seed_ids.id_of("lines", m.index), phone_number_id=m.seed_ids.id_of("phone_numbers", m.index))
    row["call_group_id"] = m.seed_ids.id_of("groups", m.index)


@fixup("call_legs")
def leg(row: Row, m: Maker) -> None:
    row.update(
        call_id=m.seed_ids.id_of("calls", m.index), call_charge="0.001", quality_issues=["information_not_available"]
    )
    row.update(agent_id=m.seed_ids.agent(m.index), user_id=m.seed_ids.end_user(m.index))


def _since(call: Call) -> Stamps:
    made: Stamps = call.account.update_times(call.endpoint.of)
    return made[bisect_left(made, time_of(call), key=lambda pair: pair[0]) :]


@serve("talk_export")
def talk_export(call: Call) -> Reply:
    """A page of fewer than a thousand rows is the last, although it has a `next_page`."""
    part = _since(call)[:LARGEST]
    table = call.account.store.table(call.endpoint.of)
    end_time = part[-1][0] if part else time_of(call)
    more = {"count": len(part), "end_time": end_time, "next_page": call.url([("start_time", str(end_time))])}
    return Reply(body=page_body(call.endpoint.key, [table.json(i) for _, i in part], more))


@complete_rows("talk_export")
def every_call(call: Call) -> list[Row]:
    return Rows([i for _, i in _since(call)], call.account.store.table(call.endpoint.of).json).dicts()
