"""The streams of a command share their connections, which end with it."""

from integration_tests.harness import run, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

STREAMS = ["automations", "brands", "groups", "locales", "macros", "tags", "ticket_fields", "triggers"]


def respond_with_no_rows(arrived: RecordedRequest) -> Reply:
    """An empty page of any list."""
    key = arrived.path.removesuffix(".json").rpartition("/")[2]
    return Reply(body={key: [], "count": 0, "next_page": None, "meta": {"has_more": False}})


def test_streams_share_one_connection_for_each_thread() -> None:
    with RecordingServer(respond_with_no_rows) as recorder:
        result = sync({**recorder.config(), "num_workers": 2}, STREAMS)
        assert (result.errors, len(recorder.requests)) == ([], len(STREAMS))
        assert recorder.accepted_connections <= 2
        assert recorder.wait_until_disconnected()


def test_actions_share_connections_with_other_streams() -> None:
    actions = [
        {"stream": "delete_group", "parameters": {"group_id": 7}},
        {"stream": "delete_macro", "parameters": {"macro_id": 7}},
        {"stream": "delete_trigger", "parameters": {"trigger_id": 7}},
    ]
    with RecordingServer(lambda arrived: Reply(204) if arrived.method == "DELETE" else Reply()) as recorder:
        result = sync({**recorder.config(*actions), "num_workers": 2}, [str(action["stream"]) for action in actions])
        assert (result.errors, len(recorder.requests)) == ([], len(actions))
        assert recorder.accepted_connections <= 2
        assert recorder.wait_until_disconnected()


def test_check_and_discover_close_their_connections() -> None:
    with RecordingServer() as recorder:
        config = {**recorder.config(), "custom_fields": "columns"}
        for command in ("check", "discover"):
            run(command, config=config)
            assert recorder.requests
            assert recorder.wait_until_disconnected()
            recorder.requests.clear()
