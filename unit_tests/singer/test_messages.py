"""Singer messages have the records, and states that cover only records before them."""

import io
from typing import Any

import orjson
import pytest

from source_zendesk.singer import messages
from source_zendesk.singer.catalog import SelectedStream
from source_zendesk.singer.messages import SingerWriter, saved_states

SCHEMA: dict[str, Any] = {"properties": {"id": {}, "name": {}}}
USERS = SelectedStream("users", SCHEMA, ["id"], ["updated_at"], is_incremental=True, deselected=frozenset({"name"}))
SETTINGS = SelectedStream("account_settings", SCHEMA, [], [], is_incremental=False, deselected=frozenset())


def record(stream: str, **data: Any) -> dict[str, Any]:
    return {"type": "RECORD", "record": {"stream": stream, "data": data, "emitted_at": 1_700_000_000_123}}


def state(stream: str, **content: Any) -> dict[str, Any]:
    body = {"stream_descriptor": {"name": stream}, "stream_state": content}
    return {"type": "STATE", "state": {"type": "STREAM", "stream": body, "sourceStats": {"recordCount": 1}}}


def status(stream: str, word: str) -> dict[str, Any]:
    body = {"stream_descriptor": {"name": stream}, "status": word}
    return {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": body}}


class Output:
    """A writer for two streams, and what it wrote."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self._out, self._log = io.BytesIO(), io.BytesIO()
        self.writer = SingerWriter([USERS, SETTINGS], states, self._out, self._log)

    def write(self, *written: dict[str, Any]) -> None:
        for message in written:
            self.writer.write(message)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self._out.getvalue().splitlines()]

    @property
    def log(self) -> str:
        return self._log.getvalue().decode()

    def states(self) -> list[dict[str, Any]]:
        found = [saved_states(line["value"]) for line in self.lines if line["type"] == "STATE"]
        return [
            {each["stream"]["stream_descriptor"]["name"]: each["stream"]["stream_state"] for each in one}
            for one in found
        ]


def test_a_schema_has_the_selected_fields_and_the_key() -> None:
    output = Output()
    output.writer.write_schemas([USERS, SETTINGS])
    output.writer.close()
    users, settings = output.lines
    assert users == {
        "type": "SCHEMA",
        "stream": "users",
        "schema": {"properties": {"id": {}}},
        "key_properties": ["id"],
        "bookmark_properties": ["updated_at"],
    }
    assert (settings["schema"], settings["key_properties"]) == (SCHEMA, [])


def test_a_record_has_the_selected_fields_and_its_time() -> None:
    output = Output()
    output.write(record("users", id=1, name="Ada"))
    (line,) = output.lines
    assert line == {
        "type": "RECORD",
        "stream": "users",
        "record": {"id": 1},
        "time_extracted": "2023-11-14T22:13:20.123000+00:00",
    }


def test_states_of_all_streams_follow_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "SECONDS_BETWEEN_STATES", 0)
    output = Output(state("tickets", cursor="t")["state"], state("users", cursor="old")["state"])
    output.write(record("users", id=1), state("users", cursor="a"), record("users", id=2), state("users", cursor="b"))
    output.writer.close()
    assert [line["type"] for line in output.lines] == ["RECORD", "STATE", "RECORD", "STATE"]
    assert output.states() == [
        {"tickets": {"cursor": "t"}, "users": {"cursor": "a"}},
        {"tickets": {"cursor": "t"}, "users": {"cursor": "b"}},
    ]


def test_frequent_states_are_combined_and_the_last_one_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "SECONDS_BETWEEN_STATES", 1e9)
    output = Output()
    output.write(*(state("users", page=page) for page in range(9)))
    assert output.states() == [{"users": {"page": 0}}]
    output.writer.close()
    assert output.states()[1:] == [{"users": {"page": 8}}]
    output.writer.close()
    assert len(output.states()) == 2


@pytest.mark.parametrize(("word", "kinds"), [("COMPLETE", ["RECORD", "ACTIVATE_VERSION"]), ("INCOMPLETE", ["RECORD"])])
def test_a_complete_stream_without_key_replaces_its_earlier_records(word: str, kinds: list[str]) -> None:
    output = Output()
    output.write(status("account_settings", "STARTED"), record("account_settings", name="a"))
    output.write(status("account_settings", word), status("users", "COMPLETE"))
    assert [line["type"] for line in output.lines] == kinds
    assert len({line["version"] for line in output.lines}) == 1


def test_logs_and_errors_are_printable_lines_on_stderr() -> None:
    output = Output()
    error = {"type": "ERROR", "error": {"message": "Stream users: \x1b[2Jrefused"}}
    output.write({"type": "LOG", "log": {"level": "INFO", "message": "reading"}}, {"type": "TRACE", "trace": error})
    assert output.lines == []
    assert output.log == "INFO reading\nERROR Stream users: \N{REPLACEMENT CHARACTER}[2Jrefused\n"


def test_a_state_of_the_wrapper_is_read() -> None:
    own = state("users", cursor="a")["state"]
    # The wrapper adds the last stream's own state beside the list.
    assert saved_states({**own["stream"], "airbyte_state": [own]}) == [own]
    assert saved_states({}) == []
