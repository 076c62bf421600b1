"""Webhooks, their invocations, and their signing secrets."""
