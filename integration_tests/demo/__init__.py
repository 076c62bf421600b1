"""`make demo`: two syncs of the emulator into a DuckDB file, and results of the recipes."""
