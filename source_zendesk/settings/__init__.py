"""Validation of the configuration and the state before any request."""
