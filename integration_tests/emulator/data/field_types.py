"""The type of each custom field, and whether fields of that type have options."""

from __future__ import annotations

COMMON = ("text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "multiselect", "lookup")
TYPES = {"ticket_fields": ("tagger", *COMMON, "partialcreditcard", "system")}
OTHER_TYPES = ("dropdown", *COMMON)
SYSTEM = ("subject", "description", "status", "tickettype", "priority", "group", "assignee")
WITH_OPTIONS = ("tagger", "dropdown", "multiselect")


def kind_of(collection: str, index: int) -> str:
    """The type of the n-th field; the first is one with options."""
    types = TYPES.get(collection, OTHER_TYPES)
    kind = types[index % len(types)]
    return SYSTEM[index // len(types) % len(SYSTEM)] if kind == "system" else kind


def may_have(child: str, collection: str, index: int) -> bool:
    """Whether the n-th row of a collection may have rows of another: only some types of fields have options."""
    return not child.endswith("_field_options") or kind_of(collection, index) in WITH_OPTIONS
