"""`make destinations`: the pages' commands and programs load an emulated account into DuckDB and PostgreSQL."""
