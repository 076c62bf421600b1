"""The workloads: the same rows for this connector, Airbyte's and the floor."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

from benchmarks.pages import Listing
from benchmarks.server import HOST, ID, Plan
from source_zendesk.manifest import Manifest

V2 = "/api/v2"
CBP = "?page[size]=100"
TICKETS = f"{V2}/incremental/tickets/cursor"
USERS = f"{V2}/incremental/users/cursor"
POSTS = f"{V2}/community/posts"
COMMENTS_A_POST, ROWS_A_TICKET = 20, 5
TICKET = f"{V2}/tickets/{ID}"
# Streams with a list for each ticket, and the key of its rows in the response.
TICKET_CHILDREN = {
    "list_audits_for_ticket": "audits",
    "list_ticket_comments": "comments",
    "list_ticket_skips_by_ticket": "skips",
}
BRANDS = {f"{V2}/brands": Listing("brands", "brand", 1)}
# Streams of both connectors with their paths; the last part of the path is the key of the rows in the response.
LISTS = {
    "audit_logs": "audit_logs", "automations": "automations", "custom_roles": "custom_roles", "groups": "groups",
    "group_memberships": "group_memberships", "macros": "macros", "organization_fields": "organization_fields",
    "organization_memberships": "organization_memberships", "satisfaction_ratings": "satisfaction_ratings",
    "tags": "tags", "ticket_activities": "activities", "ticket_audits": "ticket_audits",
    "ticket_fields": "ticket_fields", "brands": "brands", "ticket_skips": "skips", "triggers": "triggers",
    "user_fields": "user_fields", "sla_policies": "slas/policies",
    "schedules": "business_hours/schedules",
}  # fmt: skip
KEYS = {"ticket_audits": "audits", "sla_policies": "sla_policies"}
# Keys that are no list in a prepared page: none, and those of paging fields.
NO_KEYS = ("", "links", "meta")
Lists = list[dict[str, Any]]


@dataclass(frozen=True)
class Workload:
    """Some streams: `paths` returns the served listings for a number of rows, and `lists` are read by the floor.

    `step` is the number of rows of the smallest read, `larger` a factor for larger reads of narrow rows, and `records`
    the number of records of all streams per row of the first. If not `has_airbyte`, Airbyte's connector lacks a stream.
    """

    name: str
    streams: Sequence[str]
    paths: Callable[[int], Mapping[str, Listing]]
    lists: Lists
    step: int
    records: float = 1
    larger: int = 1
    has_airbyte: bool = True

    def plan(self, rows: int) -> Plan:
        """The server's plan for `rows` rows of the first stream."""
        return Plan(dict(self.paths(rows)))


def _floor_lists(path: str, key: str, **more: Any) -> Lists:
    return [{"address": f"{HOST}{path}", "key": key, **more}]


def _generic(rows: int) -> dict[str, Listing]:
    lists = {f"{V2}/{path}": Listing(list_key(name, path), "thing", rows) for name, path in LISTS.items()}
    return {**lists, USERS: Listing("users", "thing", rows, is_export=True)}


def list_key(name: str, path: str) -> str:
    """The key of the rows in the responses of one of `LISTS`."""
    return KEYS.get(name, path.rpartition("/")[2])


def _metrics(rows: int) -> dict[str, Listing]:
    metrics = Listing("ticket_metrics", "ticket_metric", rows)
    return {TICKETS: Listing("tickets", "ticket", rows, is_export=True), f"{V2}/ticket_metrics": metrics}


def _posts(rows: int) -> dict[str, Listing]:
    comments = Listing("comments", "comment", COMMENTS_A_POST)
    return {**BRANDS, POSTS: Listing("posts", "post", rows), f"{POSTS}/{ID}/comments": comments}


def _children(rows: int) -> dict[str, Listing]:
    children = {f"{TICKET}/{key}": Listing(key, "comment", ROWS_A_TICKET) for key in TICKET_CHILDREN.values()}
    return {**_metrics(rows), **children}


WORKLOADS = {
    made.name: made
    for made in (
        Workload(
            "tickets", ["tickets"], lambda rows: {TICKETS: Listing("tickets", "ticket", rows, is_export=True)},
            _floor_lists(f"{TICKETS}?start_time=0", "tickets"), step=1000,
        ),
        Workload(
            "tickets and ticket_metrics", ["tickets", "ticket_metrics"], _metrics,
            _floor_lists(f"{TICKETS}?start_time=0&include=metric_sets", "tickets", part="metric_set"),
            step=1000, records=2,
        ),
        Workload(
            "group_memberships", ["group_memberships"],
            lambda rows: {f"{V2}/group_memberships": Listing("group_memberships", "membership", rows)},
            _floor_lists(f"{V2}/group_memberships{CBP}", "group_memberships"), step=100, larger=10,
        ),
        Workload(
            "post_comments of posts", ["posts", "post_comments"], _posts,
            _floor_lists(
                f"{POSTS}?page[size]=100", "posts", children=_floor_lists(f"{POSTS}/{ID}/comments{CBP}", "comments")
            ),
            step=100, records=1 + COMMENTS_A_POST,
        ),
        Workload(
            "tickets, ticket_metrics, three children", ["tickets", "ticket_metrics", *TICKET_CHILDREN], _children,
            _floor_lists(f"{TICKETS}?start_time=0&include=metric_sets", "tickets", part="metric_set",
                    children=[
                        child for key in TICKET_CHILDREN.values()
                        for child in _floor_lists(f"{TICKET}/{key}{CBP}", key)
                    ]),
            step=100, records=2 + len(TICKET_CHILDREN) * ROWS_A_TICKET, has_airbyte=False,
        ),
        Workload(
            "twenty streams", [*LISTS, "users"], _generic,
            [found for name, path in LISTS.items() for found in _floor_lists(f"{V2}/{path}{CBP}", list_key(name, path))]
            + _floor_lists(f"{USERS}?start_time=0", "users"),
            step=100, records=len(LISTS) + 1,
        ),
    )
}  # fmt: skip


def plain_lists(offered: Collection[str]) -> dict[str, tuple[str, str]]:
    """Path and record key of every offered stream that is a plain list; those with cursor pages are first."""
    manifest = Manifest.load()
    entries = manifest.endpoints
    found: dict[str, dict[str, tuple[str, str]]] = {"CursorPaginator": {}, "OffsetPaginator": {}}
    streams = ManifestReferenceResolver().preprocess_manifest(manifest.subset(offered))["streams"]
    for stream in streams:
        parameters, retriever = stream["$parameters"], stream["retriever"]
        if (
            parameters["name"] in offered
            and not entries[parameters["name"]].parents
            and _is_plain(parameters, retriever)
        ):
            lists = found.get(_class(retriever["paginator"]), {})
            lists[parameters["name"]] = (parameters["endpoint"], parameters["record_key"])
    return {**found["CursorPaginator"], **found["OffsetPaginator"]}


def _is_plain(parameters: Mapping[str, Any], retriever: Mapping[str, Any]) -> bool:
    parts = (_class(retriever.get("incremental_cursor", {})), _class(retriever.get("extractor", {})))
    has_own_paging = "cursor_parameter" in retriever.get("paginator", {}) or "size_parameter" in retriever.get(
        "paginator", {}
    )
    has_one_path = "{" not in parameters["endpoint"] and not retriever.get("per_brand") and not has_own_paging
    record_key = parameters.get("record_key", "")
    is_key = record_key not in NO_KEYS and "." not in record_key
    return parts == ("ListCursor", "ListExtractor") and has_one_path and is_key


def _class(component: Mapping[str, Any]) -> str:
    return str(component.get("class_name", "")).rpartition(".")[2]
