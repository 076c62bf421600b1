"""Spec, catalogs and states may gain fields; a removed or changed one fails."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_cdk.test import entrypoint_wrapper

from integration_tests.emulator import Emulator
from integration_tests.harness import sync
from source_zendesk import SourceZendesk

SNAPSHOTS = Path(__file__).parent / "snapshots"


def losses(before: Any, now: Any, where: str = "") -> list[str]:
    """The paths at which `now` lacks or changes a value of `before`."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [loss for key, value in before.items() for loss in losses(value, now.get(key), f"{where}/{key}")]
    if isinstance(before, list) and isinstance(now, list):
        return [f"{where}: {item!r} is gone" for item in before if item not in now]
    return [] if before == now else [f"{where}: was {before!r}, is {now!r}"]


def compare(name: str, now: Mapping[str, Any]) -> None:
    """Fail if a value of the snapshot is lost; `make snapshots` rewrites it."""
    file = SNAPSHOTS / f"{name}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        lines = [f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(now.items())]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    assert losses(json.loads(file.read_text()), now) == []


def contract(stream: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a stream that connections depend on: modes, key, cursor, and field types."""
    properties = stream["json_schema"].get("properties", {})
    return {
        "modes": sorted(stream["supported_sync_modes"]),
        "key": stream.get("source_defined_primary_key") or [],
        "cursor": stream.get("default_cursor_field") or [],
        "fields": {name: field.get("type") for name, field in sorted(properties.items())},
    }


def test_spec() -> None:
    source = SourceZendesk(catalog=None, config=None, state=None)
    spec = dict(source.spec(logging.getLogger(__name__)).connectionSpecification)
    compare("spec", {**spec.pop("properties"), "": spec})


def discovered(catalog: str) -> dict[str, dict[str, Any]]:
    with Emulator(seed=1, rows=1, tickets=1) as zendesk:
        config = zendesk.config(catalog=catalog)
        output = entrypoint_wrapper.discover(SourceZendesk(catalog=None, config=config, state=None), config)
    streams = AirbyteMessageSerializer.dump(output.catalog)["catalog"]["streams"]
    return {stream["name"]: contract(stream) for stream in streams}


def test_catalog() -> None:
    compare("catalog", discovered("complete"))


def test_recommended_catalog() -> None:
    """Users who select all streams lose a removed one, and an added one costs them requests."""
    recommended = discovered("recommended")
    compare("recommended", {name: name in recommended for name in discovered("complete")})


def form(state: Any) -> Any:
    """The names and types in a state, without its values."""
    if isinstance(state, dict):
        is_by_parent = all(name.startswith("{") for name in state)
        return {"" if is_by_parent else name: form(value) for name, value in sorted(state.items())}
    return type(state).__name__


SAVING = [
    "tickets", "users", "organizations", "ticket_events", "ticket_metric_events", "ticket_metrics", "ticket_comments",
    "user_identities", "groups", "ticket_audits", "audit_logs", "satisfaction_ratings", "ticket_activities", "tags",
    "show_group", "list_ticket_comments", "custom_object_records", "export_routing_attributes",
]  # fmt: skip


def test_states() -> None:
    """The next version must accept a saved state."""
    with Emulator(seed=1, rows=8, tickets=12) as zendesk:
        result = sync(zendesk.config(), SAVING)
    compare("states", {name: form(result.state_of(name)) for name in SAVING})


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"a": [1, 2], "b": {"c": 1}, "d": 1}, []),
        ({"a": [2], "b": {"c": 1}}, ["/a: 1 is gone"]),
        ({"a": [1]}, ["/b: was {'c': 1}, is None"]),
        ({"a": [1], "b": {"c": 2}}, ["/b/c: was 1, is 2"]),
    ],
)
def test_added_fields_pass_and_removed_fields_fail(now: dict[str, Any], found: list[str]) -> None:
    assert losses({"a": [1], "b": {"c": 1}}, now) == found
