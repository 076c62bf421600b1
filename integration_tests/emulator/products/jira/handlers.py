"""Jira links; the ids of tickets and issues are strings."""

from __future__ import annotations

from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters

filters.FILTERS.update({
    "jira_links.filter[ticket_id]": filters.same("ticket_id"),
    "jira_links.filter[issue_id]": filters.same("issue_id"),
})  # fmt: skip


@fixup("jira_links")
def jira_link(row: Row, m: Maker) -> None:
    row.update(ticket_id=str(m.seed_ids.id_of("tickets", m.index)), issue_id=str(10_000 + m.index))
    row["issue_key"] = f"EX-{m.index + 1}"
