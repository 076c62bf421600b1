"""The access log: REST calls and GraphQL queries."""

from __future__ import annotations

from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import HOST, Maker
from integration_tests.emulator.reads import filters

filters.FILTERS.update({
    "access_logs.filter[start]": filters.since("filter[start]", "timestamp"),
    "access_logs.filter[end]": filters.until("filter[end]", "timestamp"),
    "access_logs.filter[path]": lambda _, values: lambda row: values[-1] in str(row["url"]),
    "access_logs.filter[user_id]": filters.same("user_id"),
    "access_logs.filter[referer]": filters.same("referer"),
})  # fmt: skip


@fixup("access_logs")
def access_log(row: Row, m: Maker) -> None:
    row.update(user_id=str(m.seed_ids.agent(m.index)), timestamp=m.value("timestamp", "time"), status=200)
    query = row["category"] == "graphql"
    row.update(url=f"{HOST}/{'graphql' if query else f'api/v2/tickets/{m.index + 1}'}")
    row["graphql"] = {"operation_name": "ticket"} if query else None
