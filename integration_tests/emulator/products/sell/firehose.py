"""The Firehose of Sell: the events of the last 72 hours, read from a position on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.change_effects import change_effect
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.deletion_effects import TombstoneStore, deletion_effect
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.store import Store
from integration_tests.emulator.products.sell.lists import check_user_agent, refusal
from integration_tests.emulator.reads import paging

KEPT_SECONDS = 72 * 3600
DEFAULT_LIMIT, LARGEST_LIMIT = 25, 100
EMPTY_EVERY = 3
"""Every third response contains no event, as if the queue contained only those of other accounts."""
WITH_LISTS = (
    "associated_contacts", "calls", "collaborations", "contacts", "deals", "documents", "leads", "line_items",
    "loss_reasons", "notes", "orders", "products", "stages", "tags", "tasks", "users", "visits",
)  # fmt: skip
"""The resources with a list of the same name."""
OTHER_LISTS = {
    "deal_sources": "sources", "lead_sources": "sources", "deal_unqualified_reasons": "unqualified_reasons",
    "lead_unqualified_reasons": "unqualified_reasons", "contact_custom_fields": "custom_fields",
    "deal_custom_fields": "custom_fields", "lead_custom_fields": "custom_fields",
    "prospect_and_customer_custom_fields": "custom_fields",
}  # fmt: skip
RESOURCE_OF = {f"sell_{name}": name for name in WITH_LISTS} | {f"sell_{a}": b for a, b in OTHER_LISTS.items()}
"""The resource of the events of each collection."""


@dataclass
class Log:
    """The events of one resource with their times, oldest first."""

    resource: str
    events: list[tuple[float, Row]] = field(default_factory=list)

    def append(self, at: float, kind: str, data: Row, previous: Row | None = None) -> None:
        number = len(self.events) + 1
        meta: Row = {
            "event_id": f"{self.resource}-{number}", "event_type": kind, "event_time": iso(int(at)),
            "event_cause": "interaction", "type": self.resource.removesuffix("s"), "sequence": number,
        }  # fmt: skip
        self.events.append((at, {"data": data, "meta": meta | ({"previous": previous} if previous else {})}))

    def first_kept(self, now: float) -> int:
        """The index of the oldest event that is not older than 72 hours."""
        return next((n for n, (at, _) in enumerate(self.events) if at >= now - KEPT_SECONDS), len(self.events))


LOGS: WeakKeyDictionary[Any, dict[str, Log]] = WeakKeyDictionary()


def log_of(store: Any, resource: str) -> Log:
    """The events of a resource; those of the seed happened in the last 70 hours."""
    logs = LOGS.setdefault(store, {})
    if resource not in logs:
        logs[resource] = Log(resource)
        now, count = store.clock.epoch(), store.seed_ids.rows
        for index in range(count):
            identifier = store.seed_ids.id_of(f"sell_{resource}", index)
            logs[resource].append(now - 70 * 3600 * (count - index) / count, "created", {"id": identifier})
    return logs[resource]


def in_firehose(row: Row) -> Row:
    """The form of an object in an event: other than in lists, without the time of its change."""
    data = {name: value for name, value in row.items() if name not in ("updated_at", "custom_fields")}
    if "tags" in row:
        data["tags"] = [{"data": {"name": tag}, "meta": {"type": "tag"}} for tag in row["tags"]]
    if "custom_fields" in row:
        fields = (row["custom_fields"] or {}).items()
        data["custom_field_values"] = [{"value": value, "custom_field": {"data": {"name": n}}} for n, value in fields]
    return data


@change_effect(*RESOURCE_OF)
def changed(store: Store, name: str, row: Row, before: Row | None) -> None:
    previous = None if before is None else {key: before.get(key) for key in row if before.get(key) != row[key]}
    log = log_of(store, RESOURCE_OF[name])
    log.append(store.clock.epoch(), "created" if before is None else "updated", in_firehose(row), previous)


def _deletion_logger(resource: str) -> Any:
    def log_deletion(store: TombstoneStore, row: Row, _: Any) -> None:
        log_of(store, resource).append(store.clock.epoch(), "deleted", in_firehose(row))

    return log_deletion


for _name, _of in RESOURCE_OF.items():
    deletion_effect(_name)(_deletion_logger(_of))


def _resource(call: Call) -> str:
    return call.endpoint.of.removeprefix("sell_").removesuffix("_events")


@serve("sell_firehose")
def stream(call: Call) -> Reply:
    """Events from a position on; only `top` marks the end. 410 for a position older than 72 hours."""
    check_user_agent(call)
    limit = call.query_number("limit", DEFAULT_LIMIT) or 0
    if not 1 <= limit <= LARGEST_LIMIT:
        raise refusal(400, "invalid_param", f"limit must be between 1 and {LARGEST_LIMIT}", "limit")
    now, log = call.account.clock.epoch(), log_of(call.account.store, _resource(call))
    index, responses = _start(call, log, now)
    events = [] if responses % EMPTY_EVERY == EMPTY_EVERY - 1 else log.events[index : index + limit]
    index += len(events)
    position = paging.encode_cursor(index, now, responses + 1)
    links = {"next": call.url([*call.query_pairs("position"), ("position", position)])}
    meta = {"links": links, "position": position, "top": index >= len(log.events)}
    return ok({"items": [event for _, event in events], "meta": meta})


def _start(call: Call, log: Log, now: float) -> tuple[int, int]:
    """The index of the first event, and how many responses this read has received."""
    text = call.query_value("position") or ""
    if text in ("tail", "top"):
        return (log.first_kept(now) if text == "tail" else len(log.events)), 0
    try:
        index, issued, responses = paging.decode_cursor(text, 3)
    except errors.ApiError as error:
        raise refusal(400, "invalid_param", "position is invalid", "position") from error
    if issued < now - KEPT_SECONDS:
        raise refusal(410, "gone", "position is older than 72 hours", "position")
    return max(index, log.first_kept(now)), responses


@complete_rows("sell_firehose")
def every_event(call: Call) -> list[Row]:
    log = log_of(call.account.store, _resource(call))
    return [event for _, event in log.events[log.first_kept(call.account.clock.epoch()) :]]
