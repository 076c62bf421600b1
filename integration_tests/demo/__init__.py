"""`make demo`: two syncs of the emulator into a DuckDB file, and what the file then answers."""
