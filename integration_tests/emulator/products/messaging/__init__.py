"""Messaging conversations, by ticket, by conversation, and of Sunshine Conversations."""
