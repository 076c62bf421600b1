"""The rest of Support: nested lists, statuses of forms, merges, tags, layouts and settings."""
