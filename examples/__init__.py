"""Files to copy; each needs only the console script of this project."""
