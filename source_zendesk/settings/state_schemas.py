"""JSON schemas of the states of each stream."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from source_zendesk import times
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, legacy_cursor_time
from source_zendesk.extract.paginators import NUMBERS
from source_zendesk.manifest import Endpoint
from source_zendesk.writes.closed_actions import DIGEST_CHARACTERS, KEY, STATUSES

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
        time = legacy_cursor_time(value, "", EXPORT_FIELDS)
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
ACTION_STATUSES = ["sending", "waiting", *STATUSES]
ACTION_STATUS = {
    "type": "object",
    "description": "what became of an action, with a `status`",
    "properties": {
        "status": {"enum": ACTION_STATUSES, "description": f"one of {', '.join(ACTION_STATUSES)}"},
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


def validator(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Draft202012Validator:
    """What checks the states of a stream: those of this connector, and what is read of those of Airbyte's."""
    schema = {**_of_stream(endpoint, endpoints), "$defs": {"foreign": _nullable(_object(FOREIGN))}}
    return Draft202012Validator(schema, format_checker=FORMATS)


def _of_stream(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Schema:
    if endpoint.kind == "action":
        return _object({"actions": {**_object({KEY: CLOSED}), "additionalProperties": ACTION_STATUS}, "salt": TEXT})
    own = _of_cursor(endpoint)
    if not endpoint.parents:
        return own
    place = _place(endpoint, endpoints)
    children = {**_object(), "additionalProperties": _of_cursor(endpoint)}
    return {**own, "properties": {**own["properties"], **place, "children": children, "inputs": _object(place)}}


def _place(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> dict[str, Schema]:
    first = endpoints.get(endpoint.parents[0].get("stream", ""))
    return {"parent": _of_parent_pages(first, endpoints) if first else _object(), "last": VALUES, "origin": TEXT}


def _of_parent_pages(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Schema:
    if not endpoint.parents:
        return _of_cursor(endpoint)
    places = {**_object(), "additionalProperties": _of_cursor(endpoint)}
    return _object({"slot": _object(_place(endpoint, endpoints)), "page": _of_cursor(endpoint), "places": places})


def _of_cursor(endpoint: Endpoint) -> Schema:
    own: Schema = {"page": QUERY, "started": {**SECONDS, **MOMENT}, "high": SECONDS, "cursor": TEXT}
    if endpoint.cursor_field:
        own[endpoint.cursor_field] = MOMENT
    return {**_object({**FOREIGN, **own}), "allOf": [{"format": "bounded", "description": "times that have been"}]}
