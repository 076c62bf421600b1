"""A dlt source: one read of the connector, with each stream merged by its key into its own table.

import dlt
from dlt_zendesk import load

load(dlt.pipeline("zendesk", destination="duckdb", dataset_name="support"), "config.json", ["tickets", "users"])
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import dlt

PAGE = 1000
TYPES = {"integer": "bigint", "number": "double", "boolean": "bool", "object": "json", "array": "json"}


def load(pipeline: dlt.Pipeline, config: str, streams: Sequence[str], command: str = "source-zendesk") -> None:
    """Load new records of the streams, or of all recommended ones if `streams` is empty.

    If a stream fails, all emitted records are loaded before RuntimeError is raised.
    """
    errors: list[str] = []
    pipeline.run(zendesk(config, streams, errors, command))
    if errors:
        raise RuntimeError("; ".join(errors))


@dlt.source(name="zendesk", max_table_nesting=0)
def zendesk(config: str, streams: Sequence[str], errors: list[str], command: str) -> Any:
    """The streams as one resource, since they share pages and rate limits; appends to `errors`."""

    @dlt.resource(name="zendesk")
    def records() -> Iterator[Any]:
        states = dlt.current.resource_state()  # is stored in the destination together with the rows
        with tempfile.TemporaryDirectory() as folder:
            catalog, state = Path(folder) / "catalog.json", Path(folder) / "state.json"
            line = [command, "catalog", "--config", config, *(streams or ["--all"])]
            listed = subprocess.run(line, check=False, capture_output=True)
            if listed.returncode:
                raise ValueError(listed.stderr.decode())
            catalog.write_bytes(listed.stdout)
            state.write_text(json.dumps(list(states.values())))
            hints = {entry["stream"]["name"]: _hints(entry) for entry in json.loads(listed.stdout)["streams"]}
            line = [command, "read", "--config", config, "--catalog", str(catalog), "--state", str(state)]
            with subprocess.Popen(line, stdout=subprocess.PIPE) as connector:
                rows = _rows(map(json.loads, connector.stdout or ()), states, config, errors)
                while page := list(islice(rows, PAGE)):
                    for stream, some in groupby(page, lambda row: row[0]):
                        yield dlt.mark.with_hints([row for _, row in some], hints[stream], create_table_variant=True)
            if connector.returncode and not errors:
                errors.append(f"the connector ended with {connector.returncode}")

    return records


def _hints(entry: dict[str, Any]) -> Any:
    """Streams with a key are merged; of the others, incremental ones are appended and full refreshes replaced."""
    stream = entry["stream"]
    columns: Any = {name: {"data_type": _type(field)} for name, field in stream["json_schema"]["properties"].items()}
    if key := [path[0] for path in stream.get("source_defined_primary_key") or []]:
        columns["_row"] = {"data_type": "bigint", "dedup_sort": "desc"}  # the last version of a row is kept
    disposition: Any = "merge" if key else "append" if entry["sync_mode"] == "incremental" else "replace"
    return dlt.mark.make_hints(stream["name"], primary_key=key, write_disposition=disposition, columns=columns)


def _type(field: dict[str, Any]) -> str:
    if field.get("format") == "date-time":
        return "timestamp"
    return next((TYPES[kind] for kind in TYPES if kind in field["type"]), "text")


def _rows(
    messages: Iterator[dict[str, Any]], states: dict[str, Any], config: str, errors: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each record with its stream's name; stores states, errors and a new refresh token."""
    for number, message in enumerate(messages):
        match message:
            case {"type": "RECORD", "record": {"stream": stream, "data": data}}:
                yield stream, {**data, "_row": number}
            case {"type": "STATE", "state": state}:
                states[state["stream"]["stream_descriptor"]["name"]] = state
            case {"type": "TRACE", "trace": {"type": "ERROR", "error": error}}:
                errors.append(error["message"])
            case {"type": "CONTROL", "control": {"connectorConfig": new}}:
                Path(config).write_text(
                    json.dumps(new["config"])
                )  # a refresh token works once; the new config contains the next one
