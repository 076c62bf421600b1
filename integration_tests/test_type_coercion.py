"""Values of another type than the schema's are coerced to it; all other values are unchanged."""

from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.harness import sync
from integration_tests.recording_server import RecordingServer, Reply

WHEN = "2024-05-01T00:00:00Z"
COMMENT = {"id": 11, "event_type": "Comment", "body": "Hello", "via": "Mail", "public": True}
CHANGE = {"id": 12, "event_type": "Change", "via": "Mail", "priority": "high", "previous_value": ["low"]}
VALUES = [{"id": 1, "value": True}, {"id": 2, "value": ["a", 1]}, {"id": 3, "value": 2.5}, {"id": 4, "value": None}]
TICKETS: list[dict[str, Any]] = [
    {"id": 1, "satisfaction_rating": "offered", "custom_fields": VALUES, "via": {"channel": "web"}},
    {"id": 2, "satisfaction_rating": {"score": "good"}, "via": "Web form"},
    {"id": 3, "satisfaction_rating": None},
]
ANSWER: dict[str, Any] = {
    "tickets": [{**row, "updated_at": WHEN, "generated_timestamp": 1714521600} for row in TICKETS],
    "ticket_events": [
        {"id": 21, "ticket_id": 1, "timestamp": 1714521600, "created_at": WHEN, "via": via, "child_events": children}
        for via, children in (("Web form", [COMMENT, CHANGE]), ({"channel": "web"}, []))
    ],
    "after_cursor": "end",
    "end_of_stream": True,
    "end_time": 1714521600,
}


def test_a_column_has_one_type_and_nested_values_are_unchanged() -> None:
    with RecordingServer(lambda _: Reply(body=ANSWER)) as recorder:
        found = sync(recorder.config(), ["tickets", "ticket_events", "ticket_comments"]).records
    ratings = [(row["satisfaction_rating"], row.get("via")) for row in found["tickets"]]
    assert ratings[0] == ({"score": "offered"}, {"channel": "web"})
    assert ratings[1] == ({"score": "good"}, {"channel": "Web form"})
    assert ratings[2] == (None, None)
    assert "via" not in found["tickets"][2]
    assert found["tickets"][0]["custom_fields"] == VALUES
    assert [row["via"] for row in found["ticket_comments"]] == [{"channel": "Mail"}]
    assert [row["via"] for row in found["ticket_events"]] == ["Web form", '{"channel":"web"}']
    assert found["ticket_events"][0]["child_events"] == [COMMENT, CHANGE]


def test_a_configured_id_is_emitted_as_a_number() -> None:
    with Emulator(seed=1, rows=12, tickets=25) as zendesk:
        config = zendesk.config(inputs=[{"stream": "list_ticket_comments", "parameters": {"ticket_id": "3"}}])
        rows = sync(config, ["list_ticket_comments"]).records["list_ticket_comments"]
    assert {row["ticket_id"] for row in rows} == {3}
