"""Assets whose cost is a number, or an amount with its currency; their search by a filter."""

from __future__ import annotations

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters


@fixup("itam_assets")
def asset(row: Row, m: Maker) -> None:
    cost = 100 + m.index * 2.5
    row["purchase_cost"] = (cost, {"amount": cost, "currency": "EUR"}, None)[m.index % 3]
    row.update(
        asset_type_id=m.seed_ids.id_of("itam_asset_types", m.index),
        custom_field_values={"colour": ("black", "silver")[m.index % 2]},
    )
    row.update(
        status_id=m.seed_ids.id_of("itam_statuses", m.index), location_id=m.seed_ids.id_of("itam_locations", m.index)
    )


@fixup("itam_asset_types")
def asset_type(row: Row, m: Maker) -> None:
    row["parent_id"] = m.seed_ids.id_of("itam_asset_types", m.index - 1) if m.index % 3 else None
    row["field_keys"] = ["colour"]


@serve("filter_assets")
def filter_assets(call: Call) -> Rows:
    table, wanted = call.account.store.table("itam_assets"), call.json_body().get("filter") or {}
    return Rows(table.ids(), table.json).where(lambda row: filters.meets(row, wanted))
