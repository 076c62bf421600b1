"""Messaging conversations, by ticket and by conversation."""
