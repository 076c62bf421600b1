"""Articles and all that hangs on them, for each brand that has a help center."""
