"""PyAirbyte loads the streams into DuckDB and PostgreSQL by the programs of docs/usage.md."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from integration_tests.demo.warehouse import Warehouse
from integration_tests.destinations.conftest import Account, check_two_loads, found_in
from integration_tests.destinations.environments import environment, run
from integration_tests.destinations.page import blocks, with_replacements
from integration_tests.destinations.postgres import Postgres

pytestmark = pytest.mark.destinations


@pytest.fixture(scope="module")
def programs() -> Path:
    """The folder of the executables of an environment with PyAirbyte and the connector."""
    (commands,) = blocks("PyAirbyte", "sh")
    return environment("pyairbyte", commands)


def execute(program: str, programs: Path, folder: Path) -> str:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    (folder / "program.py").write_text(program)
    return run(programs / "python", "program.py", cwd=folder, env={"PATH": path, "PGPASSWORD": "unused"})


def test_the_program_of_the_page_loads_into_duckdb(account: Account, programs: Path, tmp_path: Path) -> None:
    program, _ = blocks("PyAirbyte", "python")
    execute(program, programs, tmp_path)
    account.change()
    execute(program, programs, tmp_path)
    _, tickets = account.expected()
    (database,) = tmp_path.glob(".cache/*/*.duckdb")
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.sql("SELECT id, external_id, subject FROM main.tickets").fetchall()
    assert {row[0]: (row[1], row[2]) for row in rows} == tickets
    assert len(rows) == len(tickets)


def test_all_recommended_streams_arrive_in_postgresql(
    account: Account, programs: Path, postgres: Postgres, tmp_path: Path
) -> None:
    source, load = blocks("PyAirbyte", "python")
    names = {"localhost": "127.0.0.1", "5432": str(postgres.port), '"zendesk"': '"pyairbyte"'}
    program = source.partition("source.select_streams")[0] + with_replacements(load, names)
    check_two_loads(account, lambda: execute(program, programs, tmp_path), lambda: found_in(postgres, "pyairbyte"))


def test_the_demo_file_opens_in_the_duckdb_of_pyairbyte(programs: Path, tmp_path: Path) -> None:
    with Warehouse(tmp_path, {}, str(tmp_path / "demo.duckdb")).database as database:
        database.execute("CREATE TABLE tickets AS SELECT 1 AS id, {'channel': 'web'} AS via, [1, 2] AS tags")
    program = (
        "import duckdb\nwith duckdb.connect('demo.duckdb') as file:\n    print(file.sql('FROM tickets').fetchall())"
    )
    assert execute(program, programs, tmp_path) == "[(1, {'channel': 'web'}, [1, 2])]\n"
