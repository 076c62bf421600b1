"""Tells what PyAirbyte and Singer's SDK say against schemas: `{stream: schema}` comes in, `{field: words}` goes out.

Runs in the environment of `requirements.txt`, knows nothing of the connector, and asks no network.
"""

import contextlib
import importlib.util
import io
import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from singer_sdk.helpers import _typing as singer
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.sql.connector import JSONSchemaToSQL

Schema = dict[str, Any]
SAMPLES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


def pyairbyte() -> Callable[[Schema], object]:
    """Its mapping of a field to a column. The package would bring every database along; the one module is loaded."""
    package = importlib.util.find_spec("airbyte")
    if package is None or package.origin is None:
        sys.exit("PyAirbyte is not installed")
    spec = importlib.util.spec_from_file_location("airbyte_types", Path(package.origin).with_name("types.py"))
    if spec is None or spec.loader is None:
        sys.exit("PyAirbyte has no module of types")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    convert: Callable[[Schema], object] = module.SQLTypeConverter().to_sql_type
    return convert


def said_by(step: Callable[[], object]) -> str:
    """What a step prints, logs, warns of or raises."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger().addHandler(handler)
    with contextlib.redirect_stdout(told), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            step()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what they say
            told.write(repr(error))
    logging.getLogger().removeHandler(handler)
    return told.getvalue() + "".join(str(warning.message) for warning in warned)


def samples(node: Schema) -> Iterator[Any]:
    """A value of each type that a node takes; lists and objects are filled."""
    for kind in node.get("type", []):
        if kind == "object":
            inner = {name: [*samples(child), None] for name, child in node.get("properties", {}).items()}
            yield {**{name: values[0] for name, values in inner.items()}, "undeclared": 1}
            yield from ({name: value} for name, values in inner.items() for value in values[1:])
        elif kind == "array":
            yield [*samples(node.get("items", {})), None]
        elif kind in SAMPLES:
            yield SAMPLES[kind]


def conform(name: str, node: Schema, value: Any) -> None:
    """As a tap does with a record whose fields are all selected; raises where that loses anything."""
    schema, record, level = {"properties": {name: node}}, {name: value}, TypeConformanceLevel.RECURSIVE
    kept = singer.conform_record_data_types("stream", record, schema, level, logging.getLogger())
    if kept != record:
        raise ValueError(f"{record} became {kept}")


def fields(schemas: dict[str, Schema]) -> dict[str, tuple[str, Schema]]:
    """Each field by where it is; those that several streams have alike once."""
    found = {
        json.dumps([name, node]): (f"{stream}.{name}", (name, node))
        for stream, schema in schemas.items()
        for name, node in schema["properties"].items()
    }
    return dict(found.values())


def said_of(name: str, node: Schema, column: Callable[[Schema], object]) -> Iterator[tuple[str, str]]:
    """What is said against a field, by whom."""
    yield "PyAirbyte", said_by(partial(column, node))
    yield "Singer", said_by(partial(JSONSchemaToSQL().to_sql_type, node))
    yield from (("Singer record", said_by(partial(conform, name, node, value))) for value in samples(node))


def main() -> None:
    """Read the schemas from the standard input and print how many fields there are, and what there is against them."""
    column, found = pyairbyte(), fields(json.load(sys.stdin))
    faults = {
        f"{who} {place}": words
        for place, (name, node) in found.items()
        for who, words in said_of(name, node, column)
        if words
    }
    json.dump({"fields": len(found), "faults": faults}, sys.stdout)


if __name__ == "__main__":
    main()
