"""How collections are seeded: number of rows, parent and type of id."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.data.shapes import seeds

FEW = 12
COUNTS: dict[str, int] = {
    "apps": FEW, "attributes": FEW, "custom_objects": FEW, "custom_roles": FEW, "custom_statuses": FEW,
    "locales": 30, "satisfaction_reasons": FEW, "sell_apps": FEW, "sell_installations": FEW, "settings": 1,
    "sharing_agreements": FEW, "tags": 0, "target_failures": 25, "targets": 25, "ticket_forms": 25,
}  # fmt: skip
"""Collections with a fixed number of rows; all others have `rows`."""

CHILDREN: dict[str, tuple[str, str]] = {
    "attribute_values": ("attributes", "attribute_id"),
    "compliance_deletion_statuses": ("users", "user_id"),
    "custom_object_fields": ("custom_objects", "custom_object_key"),
    "custom_object_records": ("custom_objects", "custom_object_key"),
    "dynamic_content_variants": ("dynamic_content_items", "item_id"),
    "macro_attachments": ("macros", "macro_id"),
    "ticket_field_options": ("ticket_fields", "field_id"),
    "ticket_skips": ("users", "user_id"),
    "trigger_revisions": ("triggers", "trigger_id"),
    "user_field_options": ("user_fields", "field_id"),
    "user_identities": ("users", "user_id"),
}
"""Parent collection and parent id field by collection. The first parent has `rows` children, the others a few."""

SCARCE = {"macro_attachments", "ticket_skips"}
"""Of the parents after the first, every eighth has one row."""
SPARSE: set[str] = set()
"""Of the parents after the first, a third has no row."""
SMALL = {"attribute_values", "dynamic_content_variants", "macro_attachments"}
"""The first parent has at most five rows."""
KINDS: dict[str, str] = {
    "job_statuses": "hex", "attributes": "uuid", "attribute_values": "uuid", "group_sla_policies": "uuid",
    "instance_values": "uuid", "trigger_categories": "text", "custom_object_records": "text",
}  # fmt: skip
"""Types of ids that are not integers."""
KEYS: dict[str, str] = {"custom_objects": "key", "tags": "name"}
"""The id field, if it is not `id`."""
HELP_CENTERS = (0, 2)
"""The indexes of the brands with a help center."""


def _add(name: str, seed: dict[str, Any]) -> None:
    if "count" in seed:
        COUNTS[name] = seed["count"]
    if "parent" in seed:
        CHILDREN[name] = (seed["parent"], seed.get("field", ""))
    if "id" in seed:
        KINDS[name] = seed["id"]
    if "key" in seed:
        KEYS[name] = seed["key"]
    for flag, collections in (("scarce", SCARCE), ("sparse", SPARSE), ("small", SMALL)):
        if seed.get(flag):
            collections.add(name)


for _name, _seed in seeds().items():
    _add(_name, _seed)


def key_of(name: str, row: dict[str, Any]) -> Any:
    """The id of a row."""
    return row[KEYS.get(name, "id")]


def branded(name: str) -> bool:
    """Whether the rows belong to a brand's help center."""
    above = ""
    while name in CHILDREN:
        name = above = CHILDREN[name][0]
    return above == "brands"
