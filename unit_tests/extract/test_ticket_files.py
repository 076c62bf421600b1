"""Records of files that comments contain."""

import pytest

from source_zendesk.errors import ResponseError
from source_zendesk.extract.ticket_files import AttachmentExtractor, RecordingExtractor

COMMENT = {"id": 5, "ticket_id": 1, "author_id": 7, "created_at": "a", "audit_id": 9}
OWNER = {"comment_id": 5, "ticket_id": 1, "author_id": 7, "created_at": "a"}
ATTACHMENTS = AttachmentExtractor("ticket_attachments", "ticket_events")
RECORDINGS = RecordingExtractor("call_recordings", "ticket_events")


@pytest.mark.parametrize("files", [[], [{"id": 1}], [{"id": 1}, {"id": 2}], None])
def test_each_attachment_is_a_record_with_its_owners(files: list[dict[str, int]] | None) -> None:
    records = ATTACHMENTS.to_records([{**COMMENT, "attachments": files}, COMMENT])
    assert records == [{**OWNER, "audit_id": 9, **file} for file in files or []]


def test_attachments_that_are_no_list_are_an_error() -> None:
    with pytest.raises(ResponseError, match="`attachments` is not a list"):
        ATTACHMENTS.to_records([{**COMMENT, "attachments": "text"}])


@pytest.mark.parametrize("data", [None, "text", {}, {"call_id": 3}, {"recording_url": None}, {"recording_url": ""}])
def test_a_comment_without_the_address_of_a_recording_is_no_record(data: object) -> None:
    assert RECORDINGS.to_records([{**COMMENT, "data": data}]) == []


def test_a_recording_contains_the_ids_of_its_comment() -> None:
    data = {"recording_url": "x", "call_id": 3, "ticket_id": 2}
    assert RECORDINGS.to_records([{**COMMENT, "data": data}]) == [{**data, **OWNER}]


def test_a_change_of_privacy_changes_no_file() -> None:
    kinds = ("CommentRedactionEvent", "AttachmentRedactionEvent", "CommentPrivacyChange", "Notification")
    events = [{"ticket_id": 1, "child_events": [{"event_type": kind} for kind in kinds]}]
    assert [row["event_type"] for row in ATTACHMENTS.extract_page({"ticket_events": events}).pending] == list(kinds[:2])
