"""Assets whose cost is a number, or an amount with its currency; their search by a filter."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters
from integration_tests.emulator.writes.bulk import per_item, start_job
from integration_tests.emulator.writes.generic import LARGEST_MANY, body_object

KEYS = {"update": "id", "delete": "id", "delete_by_external_id": "external_id"}
"""The field that identifies an asset, by the action of a job."""


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


@serve("job_assets")
def change_assets(call: Call) -> Reply:
    """One action for up to a hundred assets."""
    job = body_object(call, "job")
    action, items = str(job.get("action")), job.get("items")
    if action not in ("create", *KEYS) or not isinstance(items, list):
        raise errors.record_invalid(action="action: is not included in the list")
    if len(items) > LARGEST_MANY:
        raise errors.too_many_items(LARGEST_MANY)
    return start_job(call, "Asset", per_item(items, lambda item: _change_asset(call, action, item)), len(items))


def _change_asset(call: Call, action: str, item: Any) -> Row:
    store = call.account.store
    if action == "create":
        return {"id": store.create("itam_assets", **item)["id"], "success": True}
    key = KEYS[action]
    value = item.get(key) if isinstance(item, dict) else item
    row = next((row for row in store.all("itam_assets") if row[key] == value), None)
    if row is None:
        raise errors.described(404, "RecordNotFound", "Not found")
    if action == "update":
        store.update("itam_assets", row["id"], **{name: each for name, each in item.items() if name != "id"})
    else:
        store.delete("itam_assets", row["id"])
    return {"id": row["id"], "success": True}
