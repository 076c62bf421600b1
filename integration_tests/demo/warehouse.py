"""Loads records into a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import orjson

from integration_tests.demo.charts import QueryResult
from integration_tests.demo.connector import Message

MAX_ROWS = 24
OLDEST_DUCKDB = "v1.0.0"
"""The oldest version that opens the file. PyAirbyte, and tools that a reader has installed, are behind the newest."""


class Warehouse:
    """One table per stream, loaded from a file per stream; the last row of a key wins."""

    def __init__(self, folder: Path, keys: Mapping[str, list[str]], database: str = ":memory:") -> None:
        self.folder = folder
        self.keys = keys
        self.count = 0
        self.database = duckdb.connect(database, config={"storage_compatibility_version": OLDEST_DUCKDB})
        self.database.execute("SET TimeZone = 'UTC'")

    def append(self, records: Iterator[Message]) -> None:
        """Append records to the files, numbered in order of emission."""
        files = {name: (self.folder / f"{name}.jsonl").open("ab") for name in self.keys}
        for record in records:
            self.count += 1
            row = {"_row": self.count, **record["data"]}
            files[record["stream"]].write(orjson.dumps(row) + b"\n")
        for file in files.values():
            file.close()

    def load(self, changed: Mapping[str, int]) -> None:
        """Rebuild the tables of the streams with new rows from their files."""
        for name, key in self.keys.items():
            if changed[name]:
                file = self.folder / f"{name}.jsonl"
                rows = f"read_json('{file}', format = 'newline_delimited', sample_size = -1, union_by_name = true)"
                last = (
                    f"QUALIFY row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY _row DESC) = 1" if key else ""
                )
                table = f"SELECT * EXCLUDE (_row) FROM (SELECT * FROM {rows} {last})"
                self.database.execute(f'CREATE OR REPLACE TABLE "{name}" AS {table}')

    def query(self, sql: str) -> QueryResult:
        """The result of a query."""
        relation = self.database.sql(sql)
        return QueryResult(relation.columns, relation.fetchall())

    def show(self, sql: str) -> None:
        """Print the result of a query; long results are abbreviated."""
        self.database.sql(sql).show(max_rows=MAX_ROWS)
