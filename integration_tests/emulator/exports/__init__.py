"""The incremental exports, which have their own cursors and end markers."""
