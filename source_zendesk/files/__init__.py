"""Files of records: stored in the staging directory, and referred to by the records."""
