"""Changes of the account, immediate or by jobs."""
