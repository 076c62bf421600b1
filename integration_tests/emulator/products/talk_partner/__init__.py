"""Calls of other telephony, read by id only."""
