"""Chat: exports by time, lists by id, and bare lists."""
