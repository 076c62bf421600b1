"""The views of `source-zendesk views` have typed columns in PostgreSQL, for any title of a custom field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integration_tests.destinations.postgres import Postgres
from unit_tests.cli.test_views_command import FIELDS, NAMES, catalog, sql

pytestmark = pytest.mark.destinations


@pytest.mark.parametrize("kind", ["jsonb", "json", "text"])
def test_a_postgresql_view_has_typed_columns(kind: str, postgres: Postgres, tmp_path: Path) -> None:
    schema = f"views {kind}"
    row = json.dumps({key: value for key, (_, _, value, _) in FIELDS.items()})
    create = sql(tmp_path, catalog(), "postgres", schema)
    found = postgres.query(
        f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"; '
        f"CREATE TABLE tickets (id bigint, status text, custom {kind}); "
        f"INSERT INTO tickets VALUES (1, 'open', $json${row}$json$), (2, 'new', NULL); "
        f"{create} {create} SELECT * FROM tickets_with_fields ORDER BY id"
    )
    assert [str(value) if key == "field_5" else value for key, value in zip(FIELDS, found[0][3:], strict=True)] == [
        value for _, _, _, value in FIELDS.values()
    ]
    assert set(found[1][3:]) == {None}
    listed = postgres.query(
        f"SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' "
        "AND table_name = 'tickets_with_fields' ORDER BY ordinal_position"
    )
    assert [name for (name,) in listed] == ["id", "status", "custom", *NAMES]
