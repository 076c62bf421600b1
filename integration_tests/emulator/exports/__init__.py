"""The incremental exports, which have cursors and end marks of their own."""
