"""The `views` command: SQL of views with a column for each custom field, named by its title."""

import argparse
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.cli.command_inputs import load_json
from source_zendesk.cli.sql_dialects import DIALECTS, Dialect
from source_zendesk.errors import ConfigError
from source_zendesk.extract.custom_fields import CUSTOM
from source_zendesk.printable import printable_line

SUFFIX = "_with_fields"
# PostgreSQL truncates longer names to this number of bytes.
LONGEST_NAME = 63


@dataclass(frozen=True)
class FieldColumn:
    """A custom field: its key in `custom`, its title, its column in the view, and the schema of its values."""

    key: str
    title: str
    name: str
    schema: Mapping[str, Any]


def view_lines(args: argparse.Namespace) -> Iterator[str]:
    """A statement for each stream of the catalog that has custom fields.

    Raises `ConfigError` if the file contains no catalog, or the catalog no custom fields.
    """
    dialect = DIALECTS[args.dialect]
    names: set[str] = set()
    for stream in _streams(load_json(args.catalog, "--catalog"), args.catalog):
        if columns := list(_field_columns(stream["json_schema"]["properties"])):
            view = _unique(f"{stream['name'][: LONGEST_NAME - len(SUFFIX)]}{SUFFIX}", "", names)
            names.add(view)
            yield "\n".join(_statement(dialect, view, stream["name"], args.schema, columns))
    if not names:
        raise ConfigError(
            f"--catalog {printable_line(args.catalog)}: no stream has custom fields. Set `custom_fields` to `columns` "
            "in the configuration, and print the catalog again."
        )


def _streams(content: Any, path: str) -> Iterator[Mapping[str, Any]]:
    """The streams of a configured catalog, or of the catalog of `discover`, which may be inside its message."""
    try:
        for each in content.get("catalog", content)["streams"]:
            stream = each.get("stream", each)
            properties = stream["json_schema"]["properties"]
            if not isinstance(stream["name"], str) or not isinstance(properties, dict):
                raise TypeError("a stream has no `name` or no `properties`")
            yield stream
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"--catalog {printable_line(path)}: expected a catalog, as `source-zendesk catalog` prints it; {error}."
        ) from error


def _field_columns(properties: Mapping[str, Any]) -> Iterator[FieldColumn]:
    """The columns of the fields; each name is unique in the view and consists of `a` to `z`, `0` to `9` and `_`."""
    custom = properties.get(CUSTOM)
    fields = custom.get("properties") if isinstance(custom, Mapping) else None
    names = {name.lower() for name in properties}
    for key, schema in fields.items() if isinstance(fields, Mapping) else ():
        if not isinstance(schema, Mapping):
            continue
        title = printable_line(str(schema.get("title") or key))
        name = _unique(column_name(title), column_name(key), names)
        names.add(name)
        yield FieldColumn(key, title, name, schema)


def column_name(text: str) -> str:
    """The text as a name: `Größe (cm)` becomes `groe_cm`; empty if it has no Latin letters and no digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "_", plain).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def _unique(name: str, key: str, taken: Container[str]) -> str:
    """The name, with the key and then a number at its end if it is empty or taken; at most 63 characters."""
    candidates: Iterable[str] = (name, "_".join(filter(None, (name[: LONGEST_NAME - len(key) - 1], key))))
    for candidate in candidates:
        short = candidate[:LONGEST_NAME]
        if short and short not in taken:
            return short
    number = 2
    while (numbered := f"{name[: LONGEST_NAME - 8] or 'field'}_{number}") in taken:
        number += 1
    return numbered


def _statement(
    dialect: Dialect, view: str, stream: str, schema: str | None, columns: Iterable[FieldColumn]
) -> Iterator[str]:
    qualified = [f"{dialect.quote(schema)}." if schema else "", dialect.quote(stream)]
    yield from dialect.create_view("".join((qualified[0], dialect.quote(view))))
    yield "SELECT t.*"
    for column in columns:
        yield f"    , {dialect.value(column.key, column.schema)} AS {dialect.quote(column.name)} -- {column.title}"
    yield f"FROM {''.join(qualified)} AS t;"
