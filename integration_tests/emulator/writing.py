"""Creating, changing and deleting: what the writes have in common."""
