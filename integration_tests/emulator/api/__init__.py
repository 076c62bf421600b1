"""The endpoints, the account, calls, replies and errors."""
