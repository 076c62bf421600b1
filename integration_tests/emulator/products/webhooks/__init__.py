"""Webhooks, what they sent, and the secret that signs it."""
