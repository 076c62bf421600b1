"""Calls of third-party telephony, readable by id only."""
