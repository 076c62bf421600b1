"""JSON schemas of the states of each stream."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from source_zendesk import times
from source_zendesk.extract.cursors.legacy_state import EXPORT_FIELDS, legacy_cursor_time
from source_zendesk.extract.cursors.offset_drift import MAX_PASSES
from source_zendesk.extract.paginator import NUMBERS
from source_zendesk.manifest import Endpoint
from source_zendesk.writes.closed_actions import DIGEST_CHARACTERS, KEY, STATUSES

Schema = dict[str, Any]
FORMATS = FormatChecker(formats=())


def _is_future(time: int) -> bool:
    """Whether a time is later than any clock error explains: the local clock may be hours behind Zendesk's."""
    return time > times.latest()


@FORMATS.checks("past time")
def _is_past_time(value: Any) -> bool:
    """Whether a value is a time in the past, or empty."""
    if value in (None, ""):
        return True
    time = times.epoch(value) if isinstance(value, (int, float, str)) else None
    return time is not None and time >= 0 and not _is_future(time)


@FORMATS.checks("past legacy cursor")
def _has_past_legacy_cursor(value: Any) -> bool:
    """Whether the cursor time in a state of Airbyte's connector, if any, is in the past."""
    try:
        time = legacy_cursor_time(value, "", EXPORT_FIELDS)
    except (AttributeError, TypeError):
        return True
    return time is None or not _is_future(time)


def _object(properties: Mapping[str, Schema] | None = None, description: str = "an object") -> Schema:
    return {"type": "object", "description": description, "properties": dict(properties or {})}


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


PAST_TIME = {
    "format": "past time",
    "description": "epoch seconds or a time such as 2024-01-01T00:00:00Z, not in the future",
}
SECONDS = {"type": ["integer", "null"], "minimum": 0, "maximum": 253_402_300_799, "description": "epoch seconds"}
TEXT = {"type": ["string", "null"], "description": "a string"}
SCALAR = {"type": ["string", "integer", "boolean"], "description": "a string or a whole number"}
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
ROW_ORDER = {
    "type": "array",
    "description": "a number of rows and a checksum",
    "items": {"type": "integer", "minimum": 0, "description": "a whole number"},
    "minItems": 2,
    "maxItems": 2,
}
PASSES = {"type": "integer", "minimum": 0, "maximum": MAX_PASSES - 1, "description": f"less than {MAX_PASSES}"}
DRIFT = {
    **_object(
        {"passes": PASSES, **dict.fromkeys(("current", "first", "previous"), ROW_ORDER)}, "the passes over a list"
    ),
    "required": ["passes", "current", "first"],
}
VALUES = _nullable(_object(description="the values of a parent"))
ACTION_STATUSES = ["sending", "waiting", *STATUSES]
ACTION_STATUS = {
    "type": "object",
    "description": "the outcome of an action, with a `status`",
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
LEGACY_REF = {"$ref": "#/$defs/legacy"}
LEGACY = {
    "state": LEGACY_REF,
    "parent_state": _nullable({**_object(), "additionalProperties": LEGACY_REF}),
    "states": {
        "type": ["array", "null"],
        "items": _object(description="a partition"),
        "description": "a list of partitions",
    },
}


def validator(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Draft202012Validator:
    """The validator for the states of a stream: those of this connector and the used fields of Airbyte's connector."""
    schema = {**_stream_schema(endpoint, endpoints), "$defs": {"legacy": _nullable(_object(LEGACY))}}
    return Draft202012Validator(schema, format_checker=FORMATS)


def _stream_schema(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Schema:
    if endpoint.kind == "action":
        return _object({"actions": {**_object({KEY: CLOSED}), "additionalProperties": ACTION_STATUS}, "salt": TEXT})
    cursor = _cursor_schema(endpoint)
    if not endpoint.parents:
        return cursor
    position = _position_schema(endpoint, endpoints)
    children = {**_object(), "additionalProperties": _cursor_schema(endpoint)}
    properties = {**cursor["properties"], **position, "children": children, "inputs": _object(position)}
    return {**cursor, "properties": properties}


def _position_schema(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> dict[str, Schema]:
    first = endpoints.get(endpoint.parents[0].stream)
    return {"parent": _parent_schema(first, endpoints) if first else _object(), "last": VALUES, "origin": TEXT}


def _parent_schema(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> Schema:
    if not endpoint.parents:
        return _cursor_schema(endpoint)
    places = {**_object(), "additionalProperties": _cursor_schema(endpoint)}
    return _object(
        {"slot": _object(_position_schema(endpoint, endpoints)), "page": _cursor_schema(endpoint), "places": places}
    )


def _cursor_schema(endpoint: Endpoint) -> Schema:
    fields: Schema = {
        "page": QUERY,
        "started": {**SECONDS, **PAST_TIME},
        "high": SECONDS,
        "drift": DRIFT,
        "cursor": TEXT,
        "emitted": TEXT,
        "pages": {"type": "integer", "minimum": 0, "description": "a number of pages"},
    }
    if endpoint.cursor_field:
        fields[endpoint.cursor_field] = PAST_TIME
    return {
        **_object({**LEGACY, **fields}),
        "allOf": [{"format": "past legacy cursor", "description": "times in the past"}],
    }
