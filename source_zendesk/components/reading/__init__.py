"""How records are read: walks through pages, the parents they hang on, and what streams share."""
