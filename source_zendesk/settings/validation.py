"""Validation of a configuration by the schema of the specification."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft7Validator, FormatChecker, ValidationError, validators

from source_zendesk import times
from source_zendesk.errors import ConfigError
from source_zendesk.settings.field_values import kind_of, shown, without_unset

Schema = Mapping[str, Any]
FORMATS = FormatChecker(formats=())
SUBDOMAIN = "the `acme` of acme.zendesk.com"
BASE_URL = "an https address, or http to this machine"
# What the schema does not express in words; for other fields, the words follow from the schema.
EXPECTED = {
    "subdomain": SUBDOMAIN,
    "base_url": BASE_URL,
    "credentials": "an object with `credentials` and the fields of that kind",
    "start_date": "a date such as 2024-01-01 or 2024-01-01T00:00:00Z",
}


def validate(config: Mapping[str, object], schema: Schema) -> None:
    """Raise `ConfigError` for the first field that the schema rejects, with the expected form and the form it has.

    Fields that are null or empty strings count as not set. Values of credentials and of items are not quoted.
    """
    error = next(_Validator(schema, format_checker=FORMATS).iter_errors(without_unset(config)), None)
    if error is not None:
        raise ConfigError(_describe(error))


def matching_alternative(value: Mapping[str, object], schema: Schema) -> Schema:
    """The alternative (`oneOf`) of a schema whose constants a value has; empty if there is none."""
    for alternative in schema.get("oneOf", []):
        if all(value.get(name) == each["const"] for name, each in alternative["properties"].items() if "const" in each):
            return dict(alternative)
    return {}


@FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or times.epoch(value) is not None


def _check_pattern(_: object, pattern: str, value: object, __: Schema) -> Iterator[ValidationError]:
    """As in JSON Schema, `$` is the end of the text; in Python it also precedes a final line break."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError("pattern")


def _check_alternatives(
    validator: Any, alternatives: list[Schema], value: Any, schema: Schema
) -> Iterator[ValidationError]:
    """The errors of the alternative that the constants name; by the standard, those of all alternatives are mixed."""
    if not isinstance(value, Mapping):
        return
    if alternative := matching_alternative(value, schema):
        yield from validator.descend(value, alternative)
        return
    words: dict[str, list[str]] = {}
    for each in alternatives:
        for name, field in each["properties"].items():
            if "const" in field:
                words.setdefault(name, []).append(field["const"])
    named = {"required": list(words), "properties": {name: {"enum": values} for name, values in words.items()}}
    yield from validator.descend(value, named)


_Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft7Validator,
    {"pattern": _check_pattern, "oneOf": _check_alternatives},
    # The standard accepts 8.0 as an integer.
    type_checker=Draft7Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


def _describe(error: Any) -> str:
    path, schema, value = list(error.absolute_path), error.schema, error.instance
    if error.validator == "required":
        name = next(name for name in error.validator_value if name not in value)
        field = _join([*path, name])
        needed = f" {value['credentials']} needs it." if len(path) == 1 and "credentials" in value else ""
        return f"`{field}`: expected {_expected(field, schema['properties'][name])}; it is missing.{needed}"
    if isinstance(path[-1], int):
        return f"`{_join(path[:-1])}`: expected {_list_of(schema)}; got a list with {kind_of(value)}."
    field = _join(path)
    is_private = error.validator == "type" and (len(path) > 1 or schema["type"] in ("array", "object"))
    return f"`{field}`: expected {_expected(field, schema)}; got {kind_of(value) if is_private else shown(value)}."


def _join(path: Sequence[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _expected(field: str, schema: Schema) -> str:
    """The form of a field in words."""
    if field in EXPECTED:
        return EXPECTED[field]
    if field.endswith("].stream"):
        return "the name of a stream"
    if schema.get("format") == "date-time":
        return "a time such as 2024-01-01T00:00:00Z, or nothing"
    if "pattern_descriptor" in schema:
        return str(schema["pattern_descriptor"])
    if words := schema.get("enum"):
        return " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"
    if schema["type"] == "integer":
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if schema["type"] == "array":
        return _list_of(schema["items"])
    return {"string": "a string", "boolean": "true or false"}.get(schema["type"], "an object")


def _list_of(items: Schema) -> str:
    return "a list of objects that name a `stream`" if items["type"] == "object" else "a list of strings"
