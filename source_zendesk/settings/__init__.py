"""The configuration and the state: validation before any request."""
