"""A malformed state is an error of only its stream, before any request of it; all others are read."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration_tests.conftest import Command, account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, Row, State, configured_catalog, discover, sync

THEN = "2025-01-01T00:00:00Z"
EPOCH = 1_735_689_600
FOREIGN = {
    "use_global_cursor": False,
    "lookback_window": 5,
    "state": {"updated_at": THEN},
    "parent_state": {"tickets": {"generated_timestamp": EPOCH}},
    "states": [{"partition": {"ticket_id": 7}, "cursor": {"updated_at": THEN}}],
}
PAGE = {"page[size]": 100, "page[after]": "abc"}
LIST = {"updated_at": THEN, "page": PAGE, "started": EPOCH, "high": EPOCH}
DRIFT = {"passes": 1, "current": [100, 5], "first": [100, 5], "previous": [230, 7]}
# A state of this connector, from an interrupted read, by stream.
SOUND: dict[str, Row] = {
    "tickets": {"generated_timestamp": EPOCH, "cursor": "abc"},
    "ticket_comments": {"created_at": EPOCH},
    "ticket_metrics": {"updated_at": EPOCH, "cursor": "abc"},
    "export_tickets_by_time": {"generated_timestamp": EPOCH},
    "macros": LIST,
    "active_views": {"updated_at": THEN, "page": {"page": "2", "per_page": "100"}, "started": EPOCH},
    "sell_orders": {"page": {"page": 2, "per_page": 100}, "started": EPOCH, "drift": DRIFT},
    "audit_logs": {"created_at": THEN, "page": PAGE},
    "tags": {"page": PAGE, "started": EPOCH},
    "list_user_identities": {"parent": {"updated_at": EPOCH, "cursor": "abc"}, "last": {"user_id": 1}, "origin": "x"},
    "list_dynamic_content_variants": {
        "parent": LIST,
        "last": {"dynamic_content_item_id": 1},
        "children": {'{"dynamic_content_item_id": 1}': {"updated_at": THEN}},
    },
    "show_user_identity": {
        "parent": {
            "slot": {"parent": {"updated_at": EPOCH, "cursor": "abc"}, "last": {"user_id": 1}},
            "values": {"user_id": 1},
            "page": {"updated_at": THEN, "page": PAGE},
        },
        "last": {"user_id": 1, "user_identity_id": 2},
    },
}


zendesk = account_fixture(scope="module", seed=5, rows=5, tickets=5)


def saved(stream: str, state: Any) -> State:
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}]


def assert_refused(result: Result, stream: str, zendesk: Emulator) -> None:
    error, last = [trace["error"] for trace in result.bodies("trace") if trace["type"] == "ERROR"]
    assert (result.exit_code, error["failure_type"], last["failure_type"]) == (1, "config_error", "config_error")
    assert error["stream_descriptor"]["name"] == stream
    assert error["message"].startswith(f"Stream {stream}: its state ")
    assert "eset the stream" in error["message"]
    assert last["message"] == f"Streams with a malformed state: {stream}. The other streams were read."
    assert result.statuses[stream] == ["INCOMPLETE"]
    assert zendesk.requests == []


def assert_refused_or_read(result: Result, stream: str, zendesk: Emulator) -> None:
    """Assert an error of the state, or a request with its values, which Zendesk validates."""
    error = result.stream_errors.get(stream, "")
    if error.startswith(f"Stream {stream}: Zendesk refuses the request; "):
        return
    if result.errors:
        assert_refused(result, stream, zendesk)
    else:
        assert result.statuses[stream][-1] == "COMPLETE"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["9999-12-31T23:59:59Z", 253402300799, 10**20, -1, "0001-01-01", "²", "abc", THEN, EPOCH]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["updated_at", "page", "parent", "cursor", "state", "x"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@st.composite
def with_malformed_part(draw: st.DrawFn, sound: Any) -> Any:
    """A state with one part, at any depth, replaced by another value."""
    if not isinstance(sound, (dict, list)) or not sound or draw(st.integers(0, 3)) == 0:
        return draw(junk)
    if isinstance(sound, list):
        return [draw(with_malformed_part(sound[0]))]
    key = draw(st.sampled_from(sorted(sound)))
    return {**sound, key: draw(with_malformed_part(sound[key]))}


@pytest.mark.parametrize("stream", SOUND)
@pytest.mark.parametrize("foreign", [False, True])
@settings(max_examples=12)
@given(data=st.data())
def test_every_malformed_state_is_refused_by_name(
    stream: str, data: st.DataObject, zendesk: Emulator, *, foreign: bool
) -> None:
    sound = {**FOREIGN, "updated_at": THEN} if foreign else SOUND[stream]
    key = data.draw(st.sampled_from(sorted(sound)))
    state = {**sound, key: data.draw(with_malformed_part(sound[key]))}
    zendesk.clear_requests()
    assert_refused_or_read(sync(zendesk.config(), [stream], saved(stream, state)), stream, zendesk)


@pytest.mark.parametrize("stream", SOUND)
@pytest.mark.parametrize("foreign", [False, True])
def test_the_unmodified_states_are_accepted(stream: str, zendesk: Emulator, *, foreign: bool) -> None:
    result = sync(zendesk.config(), [stream], saved(stream, FOREIGN if foreign else SOUND[stream]))
    assert (result.errors, result.statuses[stream][-1]) == ([], "COMPLETE")


NAMED: list[tuple[str, Row, str]] = [
    ("tickets", {"generated_timestamp": "9999-12-31T23:59:59Z"}, "`generated_timestamp` '9999-12-31T23:59:59Z'"),
    ("tickets", {"generated_timestamp": 253402300799}, "`generated_timestamp` 253402300799"),
    ("tickets", {"generated_timestamp": EPOCH, "cursor": ["a"]}, "`cursor` ['a']; expected a string"),
    ("ticket_metrics", {"state": {"_ab_updated_at": "9999-01-01T00:00:00Z"}}, "times in the past"),
    ("ticket_metrics", {"parent_state": ["tickets"]}, "`parent_state` ['tickets']; expected an object"),
    ("ticket_metrics", {"states": ["a"]}, "`states.0` 'a'; expected a partition"),
    ("macros", {"updated_at": "9999-01-01T00:00:00Z"}, "`updated_at` '9999-01-01T00:00:00Z'"),
    ("macros", {"updated_at": -5}, "`updated_at` -5"),
    ("macros", {"updated_at": ["2024"]}, "`updated_at` ['2024']"),
    ("macros", {"page": "next"}, "`page` 'next'; expected the parameters of a request"),
    ("macros", {"page": PAGE, "started": "now"}, "`started` 'now'"),
    ("macros", {"page": PAGE, "started": 253402300799}, "`started` 253402300799"),
    ("macros", {"page": PAGE, "high": "high"}, "`high` 'high'; expected epoch seconds"),
    ("active_views", {"page": {"page": "second"}}, "`page.page` 'second'; expected a whole number"),
    ("sell_orders", {"drift": {**DRIFT, "passes": 3}}, "`drift.passes` 3; expected less than 3"),
    (
        "sell_orders",
        {"drift": {**DRIFT, "current": [1]}},
        "`drift.current` [1]; expected a number of rows and a checksum",
    ),
    ("sell_orders", {"drift": {**DRIFT, "first": [-1, 1]}}, "expected a whole number"),
    ("sell_orders", {"drift": {"passes": 1}}, "`drift` {'passes': 1}; expected the passes over a list"),
    ("list_user_identities", {"parent": "users"}, "`parent` 'users'; expected an object"),
    ("list_user_identities", {"parent": {"updated_at": "9999-01-01"}}, "`parent.updated_at` '9999-01-01'"),
    ("list_user_identities", {"last": 5}, "`last` 5; expected the values of a parent"),
    ("list_dynamic_content_variants", {"children": [1]}, "`children` [1]; expected an object"),
    ("list_dynamic_content_variants", {"children": {"a": 1}}, "`children.a` 1; expected an object"),
    ("list_dynamic_content_variants", {"children": {"a": {"updated_at": "9999-01-01"}}}, "`children.a.updated_at`"),
    ("show_user_identity", {"parent": {"slot": 1}}, "`parent.slot` 1; expected an object"),
    ("show_article", {"parent": {"places": {"a": {"updated_at": "9999-01-01"}}}}, "`parent.places.a.updated_at`"),
]


@pytest.mark.parametrize(("stream", "state", "problem"), NAMED)
def test_the_malformed_part_of_a_state_is_named(stream: str, state: Row, problem: str, zendesk: Emulator) -> None:
    zendesk.clear_requests()
    result = sync(zendesk.config(), [stream], saved(stream, state))
    assert_refused(result, stream, zendesk)
    assert problem in result.errors[0]


def test_the_console_script_names_a_malformed_state(command: Command, zendesk: Emulator) -> None:
    catalog = configured_catalog(discover(zendesk.config()), ["macros"])
    state = saved("macros", {"updated_at": "9999-01-01T00:00:00Z"})
    result = command("read", config=zendesk.config(), catalog=catalog, state=state)
    assert result.exit_code == 1
    error = result.stream_errors["macros"]
    assert error.startswith("Stream macros: its state has `updated_at` '9999-01-01T00:00:00Z'; expected epoch seconds")
    assert error.endswith("not in the future. Reset the stream to read it from the start.")


@pytest.mark.parametrize("state", ["soon", [], {"updated_at": "9999-01-01T00:00:00Z"}, {"page": "next"}])
def test_streams_with_valid_states_are_read(state: Any, command: Command, zendesk: Emulator) -> None:
    catalog = configured_catalog(discover(zendesk.config()), ["macros", "tickets"])
    states = [*saved("macros", state), *saved("tickets", SOUND["tickets"])]
    result = command("read", config=zendesk.config(), catalog=catalog, state=states)
    assert (result.exit_code, list(result.stream_errors)) == (1, ["macros"])
    assert {stream: statuses[-1] for stream, statuses in result.statuses.items()} == {
        "macros": "INCOMPLETE",
        "tickets": "COMPLETE",
    }
    assert [state["stream"]["stream_descriptor"]["name"] for state in result.states] == ["tickets"] * len(result.states)
