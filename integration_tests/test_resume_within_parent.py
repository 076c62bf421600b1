"""A run killed during the children of one parent resumes within that parent."""

from __future__ import annotations

from integration_tests.harness import Row, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

STREAM = "export_custom_object_records"
OBJECTS = ["car", "van"]
PAGES = 25


def respond(arrived: RecordedRequest) -> Reply:
    if arrived.path.endswith("/custom_objects"):
        return Reply(body={"custom_objects": [{"key": key} for key in OBJECTS], "next_page": None})
    number = int(arrived.query.get("cursor", 0))
    row = {"id": f"r{number}", "updated_at": f"2024-01-01T00:00:{number:02}Z"}
    meta = {"has_more": number + 1 < PAGES, "after_cursor": str(number + 1)}
    return Reply(body={"custom_object_records": [row], "meta": meta, "after_url": None})


def test_a_child_export_resumes_from_every_emitted_state() -> None:
    with RecordingServer(respond) as recorder:
        config = {**recorder.config(), "num_workers": 2}
        first = sync(config, [STREAM])
        ends = [place for place, message in enumerate(first.messages) if message.get("state")]
        assert len(ends) >= 2 * PAGES / 10
        for killed, end in list(enumerate(ends, 1))[:3]:
            rest = sync(config, [STREAM], first.state_after(killed)).records[STREAM]
            emitted = [message["record"]["data"] for message in first.messages[:end] if message.get("record")]
            assert {row_id(row) for row in [*emitted, *rest]} == {
                (key, f"r{n}") for key in OBJECTS for n in range(PAGES)
            }
            assert len(rest) <= 2 * PAGES - 9 * killed


def row_id(row: Row) -> tuple[str, str]:
    return row["custom_object_key"], row["id"]
