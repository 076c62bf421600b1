"""Sample pages of every type of response, and variants with an unusual value in one place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from integration_tests.recording_server import RecordedRequest, Reply, Responder
from source_zendesk import times

Json = Any
Path = tuple[str | int, ...]

TIME = 1_750_000_000
STAMP = "2025-06-15T15:06:40Z"
HOST = "https://acme.zendesk.com/api/v2"
# An hour ago: rows that the first of a few windows contains.
RECENTLY = times.now() - 3600
# Values that Zendesk documents for no paging field; numbers such as `10**30` also replace times.
UNUSUAL_VALUES: dict[str, Json] = {
    "null": None, "true": True, "false": False, "zero": 0, "negative": -5, "a fraction": 1.5,
    "a huge number": 10**30, "a distant time": 10**13, "a far day": "9999-12-31T23:59:59Z", "an empty text": "",
    "a text": "x", "digits": "12", "a broken link": "http://[bad", "a list": [1], "a list of lists": [[1]],
    "an empty list": [], "an object": {"a": 1}, "an empty object": {}, "lists in an object": {"a": [{}]},
}  # fmt: skip


@dataclass(frozen=True)
class SamplePage:
    """A read of two pages: `first` links a next page, and `last` ends the read.

    Both are responses for `path`; `other_bodies` has the bodies for other paths, by a part of the path.
    """

    stream: str
    first: Json
    last: Json = None
    path: str = ""
    other_bodies: dict[str, Json] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)

    def responder(self, body: Json) -> Responder:
        """A responder that returns this body instead of the first page."""
        pages = [body] if self.last is None else [body, self.last]

        def answer(arrived: RecordedRequest) -> Reply:
            beside = next((part for part in self.other_bodies if part and part in arrived.target), None)
            if beside is None and self.path not in arrived.target:
                beside = ""
            found = (
                (pages.pop(0) if len(pages) > 1 else pages[0]) if beside is None else self.other_bodies.get(beside, {})
            )
            return Reply(body=json.dumps(found))

        return answer

    def paths(self) -> Iterator[Path]:
        """The paths of all values in the first page; of a list, only its first item."""
        return _paths(self.first, ())


def _paths(value: Json, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*path, name))
    elif isinstance(value, list) and value:
        yield from _paths(value[0], (*path, 0))


def with_value(body: Json, path: Path, value: Json) -> Json:
    """The body with a replaced value."""
    if not path:
        return value
    changed = copy.deepcopy(body)
    within = changed
    for name in path[:-1]:
        within = within[name]
    within[path[-1]] = value
    return changed


def row(number: int, **more: Json) -> dict[str, Json]:
    times = {"created_at": STAMP, "updated_at": STAMP, "time": STAMP, "timestamp": TIME, "generated_timestamp": TIME}
    return {"id": number, **times, **more}


def _user(number: int) -> dict[str, Json]:
    return row(number, identities=[{"id": number, "user_id": number}])


def _ticket(number: int) -> dict[str, Json]:
    return row(number, status="open", requester_id=7, metric_set={"id": number, "ticket_id": number})


def _event(number: int) -> dict[str, Json]:
    return row(number, ticket_id=5, child_events=[{"id": number, "event_type": "Comment", "body": "a"}])


def _time_export(stream: str, key: str, rows: Any = row) -> SamplePage:
    link = f"{HOST}/incremental/{key}.json?start_time="
    first = {
        key: [rows(1), rows(2)],
        "count": 2,
        "end_of_stream": False,
        "end_time": TIME,
        "next_page": f"{link}{TIME}",
    }
    last = {key: [rows(3)], "count": 1, "end_of_stream": True, "end_time": TIME + 9, "next_page": f"{link}{TIME + 9}"}
    return SamplePage(stream, first, last)


def _cursor_export(stream: str, key: str, rows: Any = row, **beside: Json) -> SamplePage:
    url = f"{HOST}/incremental/{key}/cursor.json?cursor="
    first = {key: [rows(1), rows(2)], "end_of_stream": False, "after_cursor": "a", "after_url": f"{url}a", **beside}
    last = {key: [rows(3)], "end_of_stream": True, "after_cursor": "b", "after_url": f"{url}b", **beside}
    return SamplePage(stream, first, last)


def _unterminated_export(stream: str, key: str) -> SamplePage:
    link = f"{HOST}/incremental/{key}?start_time="
    first = {key: [row(1), row(2)], "count": 3, "end_time": TIME, "next_page": f"{link}{TIME}"}
    last = {key: [row(3)], "count": 1, "end_time": TIME + 9, "next_page": None}
    return SamplePage(stream, first, last)


def _cursor_list(stream: str, key: str, rows: Any = row, **beside: Json) -> SamplePage:
    url = f"{HOST}/{key}.json?page[after]="
    first = {
        key: [rows(1), rows(2)],
        "meta": {"has_more": True, "after_cursor": "a", "before_cursor": "z"},
        "links": {"next": f"{url}a", "prev": None},
        **beside,
    }
    last = {key: [rows(3)], "meta": {"has_more": False, "after_cursor": "b"}, "links": {"next": None}, **beside}
    return SamplePage(stream, first, last)


def _offset_list(stream: str, key: str, rows: Any = row) -> SamplePage:
    first = {key: [rows(1), rows(2)], "count": 3, "next_page": f"{HOST}/{key}.json?page=2&per_page=2"}
    return SamplePage(stream, first, {key: [rows(3)], "count": 3, "next_page": None, "previous_page": None})


def _before_cursor_list(stream: str, key: str) -> SamplePage:
    first = {key: [row(2), row(1)], "before_url": f"{HOST}/{key}.json?cursor=a&limit=2", "before_cursor": "a"}
    first |= {"after_url": f"{HOST}/{key}.json?cursor=b", "after_cursor": "b"}
    return SamplePage(stream, first, {key: [row(3)], "before_url": None, "after_url": None})


def _with_parent(kind: SamplePage, path: str, parents: Json) -> list[SamplePage]:
    """The sample below valid parents, and the parents' pages with valid children."""
    children = SamplePage(kind.stream, parents, None, other_bodies={path: kind.last})
    return [replace(kind, path=path, other_bodies={"": parents}), children]


def _vote(number: int) -> dict[str, Json]:
    return row(number, item_type="PostComment")


def _nested(number: int) -> dict[str, Json]:
    return row(number, menus=[{"id": number, "routes": [{"id": number}]}])


def _availability(number: int) -> dict[str, Json]:
    references = {"channels": {"data": [{"type": "channel", "id": "7"}]}}
    return {"id": str(number), "type": "agent", "attributes": {"agent_id": number}, "relationships": references}


def _single_page(stream: str, body: Json) -> SamplePage:
    return SamplePage(stream, body, body)


def _record_export() -> SamplePage:
    first = {"custom_object_records": [row(1), row(2)], "meta": {"has_more": True, "after_cursor": "a"}}
    last = {"custom_object_records": [row(3)], "meta": {"has_more": False, "after_cursor": "b"}}
    return SamplePage("export_custom_object_records", first, last)


def _with_sideloads(kind: SamplePage, *include: str) -> SamplePage:
    return replace(kind, config={"sideloads": [{"stream": kind.stream, "include": list(include)}]})


def _approvals() -> SamplePage:
    first = {"approval_requests": [row(1), row(2)], "after_cursor": "a"}
    return SamplePage("approval_requests", first, {"approval_requests": [row(3)], "after_cursor": None})


def _routing() -> SamplePage:
    link = f"{HOST}/incremental/routing/attributes?cursor="
    first = {"attributes": [row(1), row(2)], "count": 2, "end_time": TIME, "next_page": f"{link}a"}
    return SamplePage("export_routing_attributes", first, {"attributes": [row(3)], "count": 1, "next_page": None})


def _chat(number: int) -> dict[str, Json]:
    return {"id": number, "agent_id": number, "update_timestamp": STAMP, "start_time": "2025-06-15T15:06:40.000025Z"}


def _chat_export(stream: str, unit: int = 1, **beside: Json) -> SamplePage:
    link = f"{HOST}/chat/incremental/{stream}?start_time="
    first = {stream: [_chat(1), _chat(2)], "count": 100, "end_time": TIME * unit, "next_page": f"{link}{TIME * unit}"}
    last = {stream: [_chat(3)], "count": 1, "end_time": TIME * unit, "next_page": f"{link}{TIME * unit}"}
    return replace(_of_chat(stream, first | beside, last), config={**CHAT, "export_page_size": 100})


def _of_chat(stream: str, first: Json, last: Json) -> SamplePage:
    return SamplePage(stream, first, last, config=CHAT)


def _activity(number: int) -> dict[str, Json]:
    return {"id": number, "agentId": 7, "startTime": TIME + number}


def _agents(*numbers: int) -> Json:
    return {"agent": [{"id": number, "name": "Ada", "isDeleted": False} for number in numbers]}


def _linked_list(stream: str, **config: Json) -> SamplePage:
    """A list of WFM whose responses link to the next page, with the agents beside it."""
    link = f"https://acme.zendesk.com/wfm/public/api/v1/{stream}?startTime={TIME + 9}"
    first = {"data": [_activity(1), _activity(2)], "relationships": _agents(1, 2), "metadata": {"next": link}}
    last = {"data": [_activity(3)], "relationships": _agents(2, 3), "metadata": {"next": None}}
    return SamplePage(stream, first, last, config={**WFM, **config})


def _shift(number: int) -> dict[str, Json]:
    return {"id": number, "agentId": 7, "startTime": RECENTLY + number, "tasks": [{"id": "t", "startTime": RECENTLY}]}


def _shifts() -> SamplePage:
    """Two pages of each window; the first window contains all rows."""
    first = {"data": [_shift(1), _shift(2)], "metadata": {"currentPage": 1, "total": 2}}
    last = {"data": [_shift(3)], "metadata": {"total": 2}}
    return SamplePage("wfm_shifts", first, last, config={**WFM, "start_date": times.iso(RECENTLY)})


def _time_off() -> SamplePage:
    requests = [{"id": number, "timeOffRequestId": str(number), "createdAt": TIME} for number in (1, 2, 3)]
    first = {"data": requests[:2], "pagination": {"next": "https://acme.zendesk.com/wfm/public/api/v2/timeOff?page=2"}}
    return SamplePage("wfm_time_off", first, {"data": requests[2:], "pagination": {"next": None}}, config=WFM)


def _message(number: int) -> dict[str, Json]:
    return {"id": number, "received": STAMP, "author": {"type": "user"}, "content": {"type": "text", "text": "a"}}


def _messaging(stream: str, key: str, rows: Any = row, *, back: bool = False, **config: Json) -> SamplePage:
    """A list of Sunshine Conversations; `back` if its pages lead to older rows."""
    cursor, link, parameter = ("beforeCursor", "prev", "before") if back else ("afterCursor", "next", "after")
    links = {link: f"https://acme.zendesk.com/sc/v2/apps?page[{parameter}]=a"}
    first = {key: [rows(1), rows(2)], "meta": {"hasMore": True, cursor: "a"}, "links": links}
    last = {key: [rows(3)], "meta": {"hasMore": False}, "links": {}}
    return SamplePage(stream, first, last, config={**MESSAGING, **config})


def _inputs(stream: str, **parameters: Json) -> list[Json]:
    return [{"stream": stream, "parameters": parameters}]


CHAT = {"chat": {"credentials": "access_token", "access_token": "token-of-chat"}}
WFM = {"wfm": {"credentials": "access_token", "access_token": "token-of-wfm"}}
MESSAGING = {"messaging": {"credentials": "access_token", "access_token": "token-of-messaging", "app_id": "a1"}}
BRANDS = {"brands": [row(8, subdomain="acme", has_help_center=True, brand_url="https://acme.zendesk.com")]}
OBJECTS = {"custom_objects": [row(8, key="car")]}
DEFINITIONS = {"definitions": {"conditions_all": [{"title": "a"}], "conditions_any": [{"title": "b"}]}}
EVENTS = {"events": [row(1, ticket_id=5), row(2, ticket_id=5)], "next_page": None}
TICKETS = {"tickets": [_ticket(1), _ticket(2)], "end_of_stream": True, "after_cursor": "a"}
METRICS = [{"id": number, "ticket_id": number} for number in (1, 2)]
CHANNELS = [{"type": "channel", "id": "7"}]
WORK = {"type": "work_items", "id": "6"}
WORK_CHANNELS = [
    {**CHANNELS[0], "attributes": {"name": "talk"}, "relationships": {"work_items": {"data": [WORK]}}},
    {**WORK, "attributes": {"reason": "assigned"}},
]
SAMPLE_PAGES = [
    _cursor_export("tickets", "tickets", _ticket),
    _cursor_export("ticket_metrics", "tickets", _ticket),
    _cursor_export("ticket_metrics", "tickets", _ticket, metric_sets=METRICS),
    _cursor_export("user_identities", "users", _user),
    _time_export("organizations", "organizations"),
    _time_export("ticket_comments", "ticket_events", _event),
    _time_export("ticket_events", "ticket_events", _event),
    _time_export("ticket_metric_events", "ticket_metric_events"),
    _unterminated_export("calls", "calls"),
    _unterminated_export("side_conversation_events", "events"),
    *_with_parent(_unterminated_export("articles", "articles"), "help_center", BRANDS),
    _routing(),
    *_with_parent(_record_export(), "incremental", OBJECTS),
    *_with_parent(_cursor_list("custom_object_records", "custom_object_records"), "/records", OBJECTS),
    _cursor_list("groups", "groups"),
    _offset_list("groups", "groups"),
    _offset_list("active_views", "views"),
    _before_cursor_list("ticket_audits", "audits"),
    *_with_parent(_before_cursor_list("trigger_revisions", "trigger_revisions"), "/revisions", {"triggers": [row(8)]}),
    _cursor_list("audit_logs", "audit_logs"),
    _cursor_list("ticket_activities", "activities"),
    _approvals(),
    _single_page("attribute_definitions", DEFINITIONS),
    _cursor_list("agent_availabilities", "data", _availability, included=CHANNELS),
    _single_page("capacity_rules", [row(1), row(2)]),
    _single_page("ivr_menus", {"ivrs": [_nested(1), _nested(2)]}),
    _single_page("ivr_routes", {"ivrs": [_nested(1), _nested(2)]}),
    _cursor_list("tickets_search", "results", _ticket),
    *_with_parent(_cursor_list("post_comment_votes", "votes", _vote), "help_center", BRANDS),
    _single_page("macro_categories", {"categories": ["a", "b"]}),
    _single_page("list_available_agents", {"agents": [row(1)]}),
    _single_page("account_settings", {"settings": {"active": True}}),
    _single_page("dashboard_agent_activity", {"agents_activity": {"agents": [row(1)]}}),
    *_with_parent(_single_page("show_group", {"group": row(1)}), "groups/", {"groups": [row(8), row(9)]}),
    *_with_parent(_single_page("fulfilled_ticket_ids", {"fulfilled_ticket_ids": [1, 2]}), "fulfilled", TICKETS),
    *_with_parent(_cursor_list("side_conversations", "side_conversations"), "/5/", EVENTS),
    _cursor_list("agent_work_items", "data", _availability, included=WORK_CHANNELS),
    *_with_parent(
        _cursor_list("list_agent_work_items", "data", _availability), "work_items", {"data": [_availability(8)]}
    ),
    _cursor_list("agent_statuses", "custom"),
    _cursor_list("csat_survey_responses", "survey_responses"),
    *_with_parent(_cursor_list("webhook_invocations", "invocations"), "invocations", {"webhooks": [row(8)]}),
    _chat_export("chats", end_id="2"),
    _chat_export("agent_timeline", 1_000_000),
    _of_chat("agents", [_chat(1), _chat(2)], []),
    _of_chat("bans", {"visitor": [_chat(1)], "ip_address": [_chat(2)]}, {"visitor": [], "ip_address": []}),
    _of_chat("agent_routing_settings", {"data": [_chat(1), _chat(2)]}, {"data": []}),
    _of_chat("list_chats", {"chats": [_chat(1)], "next_url": f"{HOST}/chat/chats?cursor=a"}, {"chats": [_chat(3)]}),
    _linked_list("wfm_activities"),
    _linked_list("wfm_agents"),
    _linked_list("wfm_report_rows", inputs=_inputs("wfm_report_rows", template_id="t1", startTime=1, endTime=2)),
    _shifts(),
    _time_off(),
    _messaging("messaging_apps", "apps"),
    _messaging(
        *("messaging_messages", "messages"),
        back=True,
        rows=_message,
        inputs=_inputs("messaging_messages", conversationId="c1"),
    ),
    _with_sideloads(_cursor_list("groups", "groups", _ticket, users=[{"id": 7}]), "users"),
    _with_sideloads(
        _cursor_export("tickets", "tickets", _ticket, users=[{"id": 7}], metric_sets=METRICS, dates={"1": "a"}),
        *("users", "metric_sets", "dates"),
    ),
]
