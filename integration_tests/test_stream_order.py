"""Long lists start first, and children with the first page of their parents."""

import threading
from unittest.mock import patch

import pytest

from integration_tests.harness import sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply
from source_zendesk import concurrent_read
from source_zendesk.http import adaptive_executor

# A parent and its child stream, the path and key of the parents, and the key of the children.
FAMILIES = [
    ("ticket_fields", "ticket_field_options", "/api/v2/ticket_fields", "custom_field_options"),
    ("user_fields", "user_field_options", "/api/v2/user_fields", "custom_field_options"),
    ("macros", "macro_attachments", "/api/v2/macros", "macro_attachments"),
]
STREAMS = ["groups", "macros", "views"]
PAGES = {"/api/v2/groups": 1, "/api/v2/macros": 2, "/api/v2/views": 5}


def page(server: RecordingServer, arrived: RecordedRequest, pages: int) -> Reply:
    """A page of a list with one row a page; the row has the number of the page."""
    number, key = int(arrived.query.get("page[after]", "1")), arrived.path.rpartition("/")[2]
    row = {"id": number, "updated_at": "2024-01-01T00:00:00Z", "type": "tagger"}
    next_page = f"{server.base_url}{arrived.path}?page[after]={number + 1}"
    paging = {"meta": {"has_more": number < pages, "after_cursor": str(number + 1)}, "links": {"next": next_page}}
    return Reply(body={key: [row], **paging})


def test_the_longest_list_of_the_last_run_starts_first() -> None:
    with RecordingServer() as server:
        server.responder = lambda arrived: page(server, arrived, PAGES[arrived.path])
        first_run = sync(server.config(), STREAMS)
        second_run = sync(server.config(), STREAMS, state=first_run.state)
    assert (first_run.errors, second_run.errors) == ([], [])
    assert list(first_run.statuses) == ["groups", "macros", "views"]
    assert list(second_run.statuses) == ["views", "macros", "groups"]
    pages = {name: second_run.state_of(name).get("pages") for name in STREAMS}
    assert pages == {"groups": None, "macros": 2, "views": 5}
    assert len(server.requests) == 2 * sum(PAGES.values())


@pytest.mark.parametrize("has_parents", [True, False])
@pytest.mark.parametrize(("parent", "child", "path", "key"), FAMILIES)
def test_children_start_with_the_first_page_of_their_parents(
    parent: str, child: str, path: str, key: str, *, has_parents: bool
) -> None:
    """The server holds the second page of parents back until a request for children arrives."""
    has_child_request = threading.Event()

    def respond(server: RecordingServer, arrived: RecordedRequest) -> Reply:
        if arrived.path.startswith(f"{path}/"):
            has_child_request.set()
            return Reply(body={key: [], "meta": {"has_more": False}})
        reply = page(server, arrived, pages=2)
        return Reply(body=reply.body, release=has_child_request if arrived.query.get("page[after]") else None)

    with RecordingServer() as server:
        server.responder = lambda arrived: respond(server, arrived)
        result = sync(server.config(), [parent, child] if has_parents else [child])
        paths = [each.path for each in server.requests]
    assert result.errors == []
    assert (paths.count(path), len(paths)) == (2, 4)


def test_streams_that_list_many_parents_do_not_block_the_children() -> None:
    """Each stream lists more parents than tasks may wait; these include the listing tasks. Two tasks run at most.

    The server holds the parents back until two streams list theirs, so no task is left for the children. With a queue
    of one item, a stream cannot list all its parents before the first of them are tasks.
    """
    parents = {path: parent for parent, _, path, _ in FAMILIES}
    listing: set[str] = set()
    two_are_listing = threading.Event()

    def respond(arrived: RecordedRequest) -> Reply:
        if arrived.path not in parents:
            return Reply()
        listing.add(arrived.path)
        if len(listing) == 2:
            two_are_listing.set()
        rows = [{"id": number, "type": "tagger"} for number in range(1, 21)]
        return Reply(body={parents[arrived.path]: rows}, release=two_are_listing)

    with (
        RecordingServer(respond) as server,
        patch.object(concurrent_read, "MAX_WAITING_TASKS", 2 * len(FAMILIES)),
        patch.object(concurrent_read, "QUEUE_SIZE", 1),
        patch.object(adaptive_executor, "DEFAULT_TASKS", 2),
    ):
        sync_in_thread = threading.Thread(
            target=sync, args=[server.config(), [child for _, child, _, _ in FAMILIES]], daemon=True
        )
        sync_in_thread.start()
        sync_in_thread.join(60)
        is_complete = not sync_in_thread.is_alive()
    assert is_complete
    assert len(server.requests) == len(FAMILIES) * 21
