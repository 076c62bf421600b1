"""Reports objections of PyAirbyte and Singer's SDK to schemas: reads `{stream: schema}`, writes `{field: text}`.

Runs in the environment of `requirements.txt`, without the connector and without network.
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
    """PyAirbyte's mapping of a field to a column; loads only its module, because the package imports every database."""
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


def output_of(step: Callable[[], object]) -> str:
    """The text that a step prints, logs, warns about or raises."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    logging.getLogger().addHandler(handler)
    with contextlib.redirect_stdout(output), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            step()
        except Exception as error:  # noqa: BLE001 - any exception is an objection
            output.write(repr(error))
    logging.getLogger().removeHandler(handler)
    return output.getvalue() + "".join(str(warning.message) for warning in caught)


def samples(node: Schema) -> Iterator[Any]:
    """A value of each type of a schema node; lists and objects are not empty."""
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
    """Conform a record like a Singer tap with all fields selected; ValueError if the record changes."""
    schema, record, level = {"properties": {name: node}}, {name: value}, TypeConformanceLevel.RECURSIVE
    conformed = singer.conform_record_data_types("stream", record, schema, level, logging.getLogger())
    if conformed != record:
        raise ValueError(f"{record} became {conformed}")


def fields(schemas: dict[str, Schema]) -> dict[str, tuple[str, Schema]]:
    """The fields by path; equal fields of several streams once."""
    found = {
        json.dumps([name, node]): (f"{stream}.{name}", (name, node))
        for stream, schema in schemas.items()
        for name, node in schema["properties"].items()
    }
    return dict(found.values())


def objections(name: str, node: Schema, column: Callable[[Schema], object]) -> Iterator[tuple[str, str]]:
    """The objections to a field, each with the library's name."""
    yield "PyAirbyte", output_of(partial(column, node))
    yield "Singer", output_of(partial(JSONSchemaToSQL().to_sql_type, node))
    yield from (("Singer record", output_of(partial(conform, name, node, value))) for value in samples(node))


def main() -> None:
    """Read schemas from stdin and print the number of fields and the objections."""
    column, found = pyairbyte(), fields(json.load(sys.stdin))
    faults = {
        f"{library} {path}": text
        for path, (name, node) in found.items()
        for library, text in objections(name, node, column)
        if text
    }
    json.dump({"fields": len(found), "faults": faults}, sys.stdout)


if __name__ == "__main__":
    main()
