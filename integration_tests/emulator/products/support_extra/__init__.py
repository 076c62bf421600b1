"""Further Support endpoints: nested lists, form statuses, merges, tags, layouts and settings."""
