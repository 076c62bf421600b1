"""Each way of finding records: what it takes, and that anything else is an error and never an empty page."""

from typing import Any

import pytest

from source_zendesk.components.reading.extraction import Extraction
from source_zendesk.components.reading.extraction.comment_rows import CommentRows
from source_zendesk.components.reading.extraction.definition_rows import DefinitionRows
from source_zendesk.components.reading.extraction.list_rows import ListRows
from source_zendesk.components.reading.extraction.metric_rows import MetricRows
from source_zendesk.components.reading.extraction.object_row import ObjectRow
from source_zendesk.components.reading.extraction.only_list_rows import OnlyListRows
from source_zendesk.components.reading.extraction.sideloaded_rows import SideloadedRows
from source_zendesk.errors import AnswerError

Row = dict[str, Any]
GROUPS = ListRows("groups", "groups")
VALUES = ListRows("tags", "tags", item_field="tag")
USER = ObjectRow("user", "user")
WHOLE = ObjectRow("app")
KEY = ObjectRow("key", item_field="public_key")
ONLY = OnlyListRows("samples")
DEFINITIONS = DefinitionRows("attribute_definitions", "definitions")
COMMENTS = CommentRows("ticket_comments", "ticket_events")
METRICS = SideloadedRows(
    "ticket_metrics", "metric_sets", host_key="tickets", embedded="metric_set", unless={"status": "deleted"}
)
CHANGES = MetricRows("ticket_metrics", "metric_sets", host_key="tickets", embedded="metric_set")
IDENTITIES = SideloadedRows(
    "user_identities", "identities", host_key="users", embedded="identities", unless={"email": None}
)

EVENT = {"ticket_id": 1, "timestamp": 9, "created_at": "2024-01-01T00:00:00Z"}


def child(**fields: Any) -> Row:
    return {"event_type": "Comment", **fields}


def event(*children: Row) -> Row:
    return {"ticket_events": [{**EVENT, "child_events": list(children)}]}


@pytest.mark.parametrize(
    ("extraction", "body", "rows"),
    [
        (GROUPS, {"groups": [{"id": 1}], "count": 1}, [{"id": 1}]),
        (GROUPS, {"groups": []}, []),
        (VALUES, {"tags": ["vip", {"name": "beta"}]}, [{"tag": "vip"}, {"name": "beta"}]),
        (USER, {"user": {"id": 1}}, [{"id": 1}]),
        (USER, {"id": 1, "name": "Ada"}, [{"id": 1, "name": "Ada"}]),
        (USER, {"user": [{"id": 1}]}, [{"id": 1}]),
        (WHOLE, {"limit": 50}, [{"limit": 50}]),
        (KEY, "-----BEGIN", [{"public_key": "-----BEGIN"}]),
        (ONLY, {"tickets": [{"id": 1}], "count": 1, "next_page": None}, [{"id": 1}]),
        (
            DEFINITIONS,
            {"definitions": {"conditions_all": [{"title": "a"}], "conditions_any": [{"title": "b"}]}},
            [{"title": "a", "condition": "all"}, {"title": "b", "condition": "any"}],
        ),
        (DEFINITIONS, {"definitions": {"conditions_all": None}}, []),
        (COMMENTS, event(child(id=2), {"id": 3, "event_type": "Change"}), [{**EVENT, **child(id=2)}]),
        (COMMENTS, event(child(created_at="its own")), [{**EVENT, **child(created_at="its own")}]),
        (COMMENTS, {"ticket_events": [{**EVENT, "child_events": None}]}, []),
        (
            COMMENTS,
            {
                "ticket_events": [
                    {**EVENT, "via_reference_id": 5, "child_events": [child(via_reference_id=None)]},
                    {**EVENT, "via_reference_id": None, "child_events": [child(via_reference_id=6)]},
                    {**EVENT, "via_reference_id": None, "child_events": [child(via_reference_id=None)]},
                ]
            },
            [{**EVENT, **child(via_reference_id=number)} for number in (5, 6, None)],
        ),
        (METRICS, {"tickets": [{"id": 1, "metric_set": {"id": 7}}, {"id": 2}]}, [{"id": 7}]),
        (METRICS, {"tickets": [{"id": 1}], "metric_sets": [{"id": 7}]}, [{"id": 7}]),
        (METRICS, {"tickets": []}, []),
        (
            CHANGES,
            {"tickets": [{"id": 1, "generated_timestamp": 9, "metric_set": {"id": 7, "ticket_id": 1}}]},
            [{"id": 7, "ticket_id": 1, "_ab_updated_at": 9}],
        ),
        (
            CHANGES,
            {
                "tickets": [{"id": 1, "generated_timestamp": 9}],
                "metric_sets": [{"ticket_id": 1}, {"ticket_id": 2, "updated_at": "1970-01-01T00:00:05Z"}],
            },
            [
                {"ticket_id": 1, "_ab_updated_at": 9},
                {"ticket_id": 2, "updated_at": "1970-01-01T00:00:05Z", "_ab_updated_at": 5},
            ],
        ),
        (METRICS, {"tickets": [{"id": 1, "status": "deleted"}]}, []),
        (METRICS, {"tickets": [{"id": 1, "metric_set": None}]}, []),
        (METRICS, {"tickets": [{"id": 1}], "metric_sets": []}, []),
        (IDENTITIES, {"users": [{"id": 1, "email": None}]}, []),
        (COMMENTS, event(child(body="hello"), child(comment_present=True)), [
            {**EVENT, **child(body="hello")}, {**EVENT, **child(comment_present=True)}
        ]),
        (COMMENTS, event({"event_type": "Change", "comment_present": False}), []),
        (IDENTITIES, {"users": [{"identities": [{"id": 1}, {"id": 2}]}, {"identities": []}]}, [{"id": 1}, {"id": 2}]),
        (IDENTITIES, {"users": [{"id": 1}], "identities": [{"id": 7}]}, [{"id": 7}]),
    ],
)  # fmt: skip
def test_records_are_found(extraction: Extraction, body: Any, rows: list[Row]) -> None:
    assert extraction.rows(body) == rows


@pytest.mark.parametrize(
    ("extraction", "body"),
    [
        (GROUPS, {}), (GROUPS, {"group": []}), (GROUPS, {"groups": None}), (GROUPS, {"groups": {}}),
        (GROUPS, []), (GROUPS, None), (GROUPS, "text"), (GROUPS, {"groups": ["a"]}), (VALUES, {}),
        (USER, {"hello": "world"}), (USER, "text"), (USER, None), (WHOLE, None), (WHOLE, "text"),
        (ONLY, {}), (ONLY, {"a": [], "b": []}), (ONLY, []),
        (DEFINITIONS, {}), (DEFINITIONS, {"definitions": []}), (DEFINITIONS, []),
        (COMMENTS, {}), (METRICS, {}), (METRICS, []), (METRICS, {"metric_sets": []}), (IDENTITIES, {"users": None}),
        (METRICS, {"tickets": [{"id": 1, "status": "open"}, {"id": 2, "status": "deleted"}]}),
        (IDENTITIES, {"users": [{"id": 1, "email": "a@example.com"}]}),
        (COMMENTS, event(child(comment_present=True))), (COMMENTS, event({"comment_present": True})),
    ],
)  # fmt: skip
def test_an_answer_without_its_records_is_an_error(extraction: Extraction, body: Any) -> None:
    with pytest.raises(AnswerError, match=extraction.name):
        extraction.rows(body)


@pytest.mark.parametrize(
    ("extraction", "body", "clock"),
    [
        (GROUPS, {"groups": [{"id": 1}]}, [{"id": 1}]),
        (METRICS, {"tickets": [{"id": 1}], "metric_sets": [{"id": 7}]}, [{"id": 1}]),
        (COMMENTS, {"ticket_events": [EVENT]}, [EVENT]),
    ],
)
def test_an_export_is_as_far_as_its_hosts(extraction: Extraction, body: Row, clock: list[Row]) -> None:
    assert extraction.clock_rows(body, extraction.rows(body)) == clock
