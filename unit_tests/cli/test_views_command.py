"""The `views` command gives custom fields columns with their titles, and its SQL is safe for any title."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from source_zendesk.cli.sql_dialects import DIALECTS
from source_zendesk.cli.views_command import column_name, view_lines
from source_zendesk.errors import ConfigError

ATTACK = "x\" AS y FROM t; DROP TABLE tickets; --\n'); DROP TABLE tickets; --`\\"
FIELDS: dict[str, tuple[str | None, dict[str, Any], Any, Any]] = {
    "field_1": ("Order number", {"type": ["null", "string"]}, "A-1", "A-1"),
    "field_2": ("Order number", {"type": ["null", "integer"]}, 2**53 + 1, 2**53 + 1),
    "field_3": ("Größe (cm)", {"type": ["null", "number"]}, 1.5, 1.5),
    "field_4": ("製品", {"type": ["null", "boolean"]}, True, True),
    "field_5": ("Due", {"type": ["null", "string"], "format": "date"}, "2026-01-02", "2026-01-02"),
    "field_6": ("2nd choice", {"type": ["null", "array"], "items": {"type": "string"}}, ["a", 'b"'], ["a", 'b"']),
    "field_7": ("Links", {"type": ["null", "array"], "items": {"type": ["null", "integer"]}}, [7], [7]),
    "field_8": (ATTACK, {"type": ["null", "string"]}, ATTACK, ATTACK),
    "field_9": (None, {"type": ["null", "string"]}, None, None),
    "field_10": ("Status", {"type": ["null", "string"]}, "own", "own"),
    "field_11": ("x" * 300, {"type": ["null", "string"]}, "long", "long"),
    "field_12": ("x" * 301, {"type": ["null", "string"]}, "longer", "longer"),
    "a'b\"c/d~e$.f": ("Odd key", {"type": ["null", "string"]}, "odd", "odd"),
    "$": ("Dollar", {"type": ["null", "string"]}, "dollar", "dollar"),
}
"""Key: title, schema, value in the record, value in the view."""
NAMES = [
    *("order_number", "order_number_field_2", "groe_cm", "field_4", "due", "_2nd_choice", "links"),
    *(column_name(ATTACK), "field_9", "status_field_10", "x" * 63, f"{'x' * 54}_field_12", "odd_key", "dollar"),
]


def catalog(stream: str = "tickets") -> dict[str, Any]:
    custom = {key: {**schema, **({"title": title} if title else {})} for key, (title, schema, _, _) in FIELDS.items()}
    properties = {
        "id": {"type": ["null", "integer"]},
        "status": {"type": ["null", "string"]},
        "custom": {"type": ["null", "object"], "properties": custom},
    }
    plain = {"name": "tags", "json_schema": {"properties": {"id": {}}}}
    return {"streams": [{"name": stream, "json_schema": {"properties": properties}}, plain]}


def sql(folder: Path, content: Any, dialect: str, schema: str | None = None) -> str:
    path = folder / "catalog.json"
    path.write_text(json.dumps(content))
    return "\n".join(view_lines(argparse.Namespace(catalog=str(path), dialect=dialect, schema=schema)))


@pytest.mark.parametrize("schema", [None, 'odd "schema"'])
@pytest.mark.parametrize("stream", ["tickets", 'odd"; DROP TABLE users; --'])
def test_a_duckdb_view_has_typed_columns(stream: str, schema: str | None, tmp_path: Path) -> None:
    database = duckdb.connect()
    quoted = stream.replace('"', '""')
    table = f'"{quoted}"' if schema is None else f'"odd ""schema"""."{quoted}"'
    database.execute('CREATE SCHEMA "odd ""schema"""; CREATE TABLE users (id INT)')
    database.execute(f"CREATE TABLE {table} (id BIGINT, status VARCHAR, custom JSON)")
    row = json.dumps({key: value for key, (_, _, value, _) in FIELDS.items()})
    database.execute(f"INSERT INTO {table} VALUES (1, 'open', ?), (2, 'new', NULL), (3, 'new', '{{}}')", [row])
    for _ in range(2):
        database.execute(sql(tmp_path, catalog(stream), "duckdb", schema))
    view = f'{table[:-1]}_with_fields"'
    found = database.execute(f"SELECT * FROM {view} ORDER BY id")
    assert [column[0] for column in found.description] == ["id", "status", "custom", *NAMES]
    first, *others = found.fetchall()
    values = [str(value) if name == "due" else value for name, value in zip(NAMES, first[3:], strict=True)]
    assert values == [value for _, _, _, value in FIELDS.values()]
    assert {value for other in others for value in other[3:]} == {None}
    assert database.execute("SELECT count(*) FROM users").fetchall() == [(0,)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_and_texts_are_quoted_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    """Outside of names, texts and comments, the statement has only words of its template."""
    text = sql(tmp_path, catalog(ATTACK), dialect, ATTACK)
    backslash = r"(?:[^'\\]|\\.)*" if DIALECTS[dialect].has_backslash_escapes else r"(?:[^']|'')*"
    name = r"`(?:[^`\\]|\\.)*`" if dialect == "bigquery" else r'"(?:[^"]|"")*"'
    rest = re.sub(rf"{name}|'{backslash}'|--[^\n]*", " ", text, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z_]+", rest))
    assert words <= set(re.findall(r"[A-Za-z_]+", str(DIALECTS[dialect]))) | {
        *("CREATE", "OR", "REPLACE", "VIEW", "DROP", "IF", "EXISTS", "AS", "SELECT", "FROM", "t"),
    }
    assert rest.count(";") == (2 if dialect == "postgres" else 1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_field_has_a_column_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    text = sql(tmp_path, catalog(), dialect)
    names = [name.upper() if dialect == "snowflake" else name for name in NAMES]
    quotation = DIALECTS[dialect].quotation
    assert [name for name in names if f" AS {quotation}{name}{quotation} -- " not in text] == []
    assert "tags" not in text


def test_a_catalog_of_each_form_is_accepted(tmp_path: Path) -> None:
    listed = catalog()
    configured = {"streams": [{"stream": each, "sync_mode": "incremental"} for each in listed["streams"]]}
    message = {"type": "CATALOG", "catalog": listed}
    assert len({sql(tmp_path, content, "duckdb") for content in (listed, configured, message)}) == 1


@pytest.mark.parametrize("content", [[], {}, 7, {"streams": 7}, {"streams": [{"name": "a"}]}, {"streams": [None]}])
def test_other_files_are_refused(content: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^--catalog .*expected a catalog, as `source-zendesk catalog` prints it"):
        sql(tmp_path, content, "duckdb")


def test_a_catalog_without_custom_fields_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    content = {"streams": catalog()["streams"][1:]}
    with pytest.raises(ConfigError, match=r"no stream has custom fields. Set `custom_fields` to `columns`"):
        sql(tmp_path, content, "duckdb")
