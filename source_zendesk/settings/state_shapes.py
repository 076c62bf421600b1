"""What the saved state of a stream may look like, as JSON Schema; descriptions say what was expected."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from source_zendesk import times
from source_zendesk.components.reading.cursors.saved import EXPORT_FIELDS, saved_time
from source_zendesk.components.reading.pagination.base import NUMBERS
from source_zendesk.components.writing.closed_actions import DIGEST_CHARACTERS, KEY, STATUSES
from source_zendesk.manifest import Entry

Schema = dict[str, Any]
FORMATS = FormatChecker(formats=())


def _is_to_come(time: int) -> bool:
    """Whether no clock explains a time. A clock that is hours behind Zendesk's explains a state of an earlier run."""
    return time > times.latest()


@FORMATS.checks("moment")
def _is_moment(value: Any) -> bool:
    """Whether a value is a time that has been by some clock, or says that there is none."""
    if value in (None, ""):
        return True
    time = times.epoch(value) if isinstance(value, (int, float, str)) else None
    return time is not None and time >= 0 and not _is_to_come(time)


@FORMATS.checks("bounded")
def _is_bounded(value: Any) -> bool:
    """Whether the time that a state of Airbyte's connector comes to, if any, has been."""
    try:
        time = saved_time(value, "", EXPORT_FIELDS)
    except (AttributeError, TypeError):
        return True
    return time is None or not _is_to_come(time)


def _object(properties: Mapping[str, Schema] | None = None, description: str = "an object") -> Schema:
    return {"type": "object", "description": description, "properties": dict(properties or {})}


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


MOMENT = {"format": "moment", "description": "epoch seconds or a time such as 2024-01-01T00:00:00Z, none to come"}
SECONDS = {"type": ["integer", "null"], "minimum": 0, "maximum": 253_402_300_799, "description": "epoch seconds"}
TEXT = {"type": ["string", "null"], "description": "a text"}
SCALAR = {"type": ["string", "integer", "boolean"], "description": "a text or a whole number"}
DIGITS = {
    "type": ["string", "integer"],
    "pattern": "^[0-9]{1,12}$",
    "minimum": 0,
    "description": "a whole number",
}
QUERY = {
    "type": ["object", "null"],
    "description": "the parameters of a request",
    "properties": dict.fromkeys(NUMBERS, DIGITS),
    "additionalProperties": {**SCALAR, "type": [*SCALAR["type"], "array"], "items": SCALAR},
}
VALUES = _nullable(_object(description="the values of a parent"))
STANDINGS = ["sending", "waiting", *STATUSES]
STANDING = {
    "type": "object",
    "description": "what became of an action, with a `status`",
    "properties": {
        "status": {"enum": STANDINGS, "description": f"one of {', '.join(STANDINGS)}"},
        "job": TEXT,
        "at": {"type": "number", "description": "epoch seconds"},
        "clock": TEXT,
    },
    "required": ["status"],
}
DIGESTS = {
    "type": "string",
    "pattern": f"^([A-Za-z0-9_-]{{{DIGEST_CHARACTERS}}})*$",
    "description": f"digests of {DIGEST_CHARACTERS} characters each",
}
CLOSED = {
    "type": "object",
    "description": "the finished actions",
    "properties": {"status": {"const": KEY, "description": f"'{KEY}'"}, **dict.fromkeys(STATUSES, DIGESTS)},
    "additionalProperties": False,
}
FOREIGN_REF = {"$ref": "#/$defs/foreign"}
FOREIGN = {
    "state": FOREIGN_REF,
    "parent_state": _nullable({**_object(), "additionalProperties": FOREIGN_REF}),
    "states": {
        "type": ["array", "null"],
        "items": _object(description="a partition"),
        "description": "a list of partitions",
    },
}


def validator(entry: Entry, entries: Mapping[str, Entry]) -> Draft202012Validator:
    """What checks the states of a stream: those of this connector, and what is read of those of Airbyte's."""
    schema = {**_of_stream(entry, entries), "$defs": {"foreign": _nullable(_object(FOREIGN))}}
    return Draft202012Validator(schema, format_checker=FORMATS)


def _of_stream(entry: Entry, entries: Mapping[str, Entry]) -> Schema:
    if entry.kind == "action":
        return _object({"actions": {**_object({KEY: CLOSED}), "additionalProperties": STANDING}, "salt": TEXT})
    own = _of_cursor(entry)
    if not entry.parents:
        return own
    place = _place(entry, entries)
    children = {**_object(), "additionalProperties": _of_cursor(entry)}
    return {**own, "properties": {**own["properties"], **place, "children": children, "inputs": _object(place)}}


def _place(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, Schema]:
    first = entries.get(entry.parents[0].get("stream", ""))
    return {"parent": _of_walk(first, entries) if first else _object(), "last": VALUES, "origin": TEXT}


def _of_walk(entry: Entry, entries: Mapping[str, Entry]) -> Schema:
    if not entry.parents:
        return _of_cursor(entry)
    places = {**_object(), "additionalProperties": _of_cursor(entry)}
    return _object({"slot": _object(_place(entry, entries)), "page": _of_cursor(entry), "places": places})


def _of_cursor(entry: Entry) -> Schema:
    own: Schema = {"page": QUERY, "started": {**SECONDS, **MOMENT}, "high": SECONDS, "cursor": TEXT}
    if entry.cursor_field:
        own[entry.cursor_field] = MOMENT
    return {**_object({**FOREIGN, **own}), "allOf": [{"format": "bounded", "description": "times that have been"}]}
