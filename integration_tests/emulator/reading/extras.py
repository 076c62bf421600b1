"""What some lists always carry beside their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.reading.views import execution_extras


def extras(call: Call, rows: Rows, ids: Sequence[Any]) -> Row:
    if call.endpoint.serve in ("view_execute", "view_preview"):
        return execution_extras(call)
    if call.endpoint.of == "activities":
        users = rows.dicts(ids)
        return {"users": [row["user"] for row in users], "actors": [row["actor"] for row in users]}
    if call.endpoint.serve.startswith("search"):
        return {"facets": None}
    return {}
